-- revision: ee0000000002
-- revises: ee0000000001
-- Adopts a database that was OSS: creates what the enterprise edition needs, gives each organization a plan and counts its members.

-- up
-- A database that was EE from the start has all of it; nothing that exists is altered.
-- hazards: NONE
DO $$
BEGIN
    CREATE TYPE meters_type AS ENUM (
        'USERS',
        'EVALUATIONS_RUN',
        'TRACES_INGESTED',
        'TRACES_RETRIEVED',
        'CREDITS_CONSUMED',
        'EVENTS_INGESTED'
    );
EXCEPTION
    WHEN duplicate_object THEN NULL;
END
$$;

CREATE TABLE IF NOT EXISTS subscriptions (
    organization_id uuid        PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
    plan            varchar     NOT NULL,
    active          boolean     NOT NULL,
    anchor          smallint,
    customer_id     varchar,
    subscription_id varchar,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid
);

CREATE INDEX IF NOT EXISTS ix_subscriptions_plan ON subscriptions (plan);

CREATE TABLE IF NOT EXISTS meters (
    meter_id        uuid        PRIMARY KEY,
    key             meters_type NOT NULL,
    value           bigint      NOT NULL,
    synced          bigint      NOT NULL,
    organization_id uuid        REFERENCES organizations ON DELETE CASCADE,
    workspace_id    uuid,
    project_id      uuid,
    user_id         uuid,
    year            smallint,
    month           smallint,
    day             smallint,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid
);

CREATE INDEX IF NOT EXISTS idx_synced_value ON meters (synced, value);
CREATE INDEX IF NOT EXISTS idx_meters_org_key_period ON meters (organization_id, key, year, month, day);

CREATE TABLE IF NOT EXISTS organization_domains (
    id              uuid        PRIMARY KEY,
    organization_id uuid        NOT NULL REFERENCES organizations ON DELETE CASCADE,
    slug            varchar     NOT NULL,
    name            varchar,
    description     varchar,
    token           varchar,
    flags           jsonb,
    tags            jsonb,
    meta            jsonb,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid
);

CREATE INDEX IF NOT EXISTS ix_organization_domains_org ON organization_domains (organization_id);
CREATE INDEX IF NOT EXISTS ix_organization_domains_flags ON organization_domains USING gin (flags);
CREATE UNIQUE INDEX IF NOT EXISTS uq_organization_domains_slug_verified ON organization_domains (slug)
    WHERE flags ->> 'is_verified' = 'true';

CREATE TABLE IF NOT EXISTS organization_providers (
    id              uuid        PRIMARY KEY,
    organization_id uuid        NOT NULL REFERENCES organizations ON DELETE CASCADE,
    slug            varchar     NOT NULL,
    name            varchar,
    description     varchar,
    secret_id       uuid        NOT NULL REFERENCES secrets ON DELETE CASCADE,
    flags           jsonb,
    tags            jsonb,
    meta            jsonb,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid,
    CONSTRAINT uq_organization_providers_org_slug UNIQUE (organization_id, slug)
);

CREATE INDEX IF NOT EXISTS ix_organization_providers_org ON organization_providers (organization_id);
CREATE INDEX IF NOT EXISTS ix_organization_providers_flags ON organization_providers USING gin (flags);

-- The billing period starts on the day of the month on which the database was adopted.
INSERT INTO subscriptions (organization_id, plan, active, anchor)
SELECT o.id,
       current_setting('orgd.default_plan'),
       true,
       extract(day FROM now() AT TIME ZONE 'UTC')::smallint
  FROM organizations o
 WHERE NOT EXISTS (SELECT FROM subscriptions s WHERE s.organization_id = o.id);

-- Persons are counted, not rows: a membership written twice is one seat. Agenta's own adoption writes the count of the
-- year 0 ...
INSERT INTO meters (meter_id, key, value, synced, organization_id, year, month)
SELECT gen_random_uuid(), 'USERS', coalesce(m.people, 0), 0, o.id, 0, 0
  FROM organizations o
  LEFT JOIN (SELECT organization_id, count(DISTINCT user_id) AS people FROM organization_members GROUP BY 1) m
    ON m.organization_id = o.id
 WHERE NOT EXISTS (SELECT FROM meters e WHERE e.organization_id = o.id AND e.key = 'USERS');

-- ... and everything that counts afterwards looks for the one without a year, whose id is a hash of what it counts: a
-- UUID of version 5 in the namespace of meters.
INSERT INTO meters (meter_id, key, value, synced, organization_id)
SELECT encode(set_byte(set_byte(h.hash, 6, get_byte(h.hash, 6) & 15 | 80), 8, get_byte(h.hash, 8) & 63 | 128), 'hex')::uuid,
       'USERS', coalesce(m.people, 0), 0, o.id
  FROM organizations o
 CROSS JOIN LATERAL (
           SELECT substr(digest('\xeaf4d8ebb6455438bd19042b2cc308b2'::bytea
                                || convert_to('key=users|org=' || o.id, 'UTF8'), 'sha1'), 1, 16) AS hash
       ) h
  LEFT JOIN (SELECT organization_id, count(DISTINCT user_id) AS people FROM organization_members GROUP BY 1) m
    ON m.organization_id = o.id
 WHERE NOT EXISTS (SELECT FROM meters e WHERE e.organization_id = o.id AND e.key = 'USERS' AND e.year IS NULL);

-- down
