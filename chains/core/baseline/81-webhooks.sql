-- Webhooks.

-- Who wants to be told what.
CREATE TABLE webhook_subscriptions (
    project_id    uuid        REFERENCES projects ON DELETE CASCADE,
    id            uuid,
    name          varchar,
    description   varchar,
    data          json,
    flags         jsonb,
    meta          json,
    tags          jsonb,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    secret_id     uuid        REFERENCES secrets ON DELETE SET NULL,
    PRIMARY KEY (project_id, id)
);

CREATE INDEX ix_webhook_subscriptions_project_id_created_at
    ON webhook_subscriptions (project_id, created_at);
CREATE INDEX ix_webhook_subscriptions_project_id_deleted_at
    ON webhook_subscriptions (project_id, deleted_at);

-- One event sent, or to be sent, to one subscription.
CREATE TABLE webhook_deliveries (
    project_id      uuid        REFERENCES projects ON DELETE CASCADE,
    id              uuid,
    subscription_id uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    status          jsonb,
    data            json,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid,
    PRIMARY KEY (project_id, id),
    CONSTRAINT webhook_deliveries_subscription_id_fkey FOREIGN KEY (project_id, subscription_id)
        REFERENCES webhook_subscriptions (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_webhook_deliveries_event_id_created_at ON webhook_deliveries (event_id, created_at);
CREATE INDEX ix_webhook_deliveries_project_id_created_at ON webhook_deliveries (project_id, created_at);
CREATE INDEX ix_webhook_deliveries_status_created_at ON webhook_deliveries (status, created_at);
CREATE INDEX ix_webhook_deliveries_subscription_id_created_at
    ON webhook_deliveries (subscription_id, created_at);
CREATE UNIQUE INDEX ix_webhook_deliveries_subscription_id_event_id
    ON webhook_deliveries (project_id, subscription_id, event_id);
