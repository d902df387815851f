-- What EE adds for billing: plans and meters.

-- What is counted.
CREATE TYPE meters_type AS ENUM (
    'USERS',
    'EVALUATIONS_RUN',
    'TRACES_INGESTED',
    'TRACES_RETRIEVED',
    'CREDITS_CONSUMED',
    'EVENTS_INGESTED'
);

-- The plan of an organization. The anchor is the day of the month on which a billing period starts.
CREATE TABLE subscriptions (
    plan            varchar     NOT NULL,
    active          boolean     NOT NULL,
    organization_id uuid        PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
    customer_id     varchar,
    subscription_id varchar,
    anchor          smallint,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid
);

CREATE INDEX ix_subscriptions_plan ON subscriptions (plan);

-- A count of an organization, for all time (year and month 0) or for one period, and how much of it was
-- reported.
CREATE TABLE meters (
    key             meters_type NOT NULL,
    value           bigint      NOT NULL,
    synced          bigint      NOT NULL,
    organization_id uuid        REFERENCES organizations ON DELETE CASCADE,
    year            smallint,
    month           smallint,
    workspace_id    uuid,
    project_id      uuid,
    user_id         uuid,
    day             smallint,
    meter_id        uuid        PRIMARY KEY,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid
);

CREATE INDEX idx_meters_org_key_period ON meters (organization_id, key, year, month, day);
CREATE INDEX idx_synced_value ON meters (synced, value);
