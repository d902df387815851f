-- What EE adds to organizations: verified domains and sign-in providers.

-- A mail domain that an organization claims. Any number may claim it; one may have it verified.
CREATE TABLE organization_domains (
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

CREATE INDEX ix_organization_domains_flags ON organization_domains USING gin (flags);
CREATE INDEX ix_organization_domains_org ON organization_domains (organization_id);
CREATE UNIQUE INDEX uq_organization_domains_slug_verified ON organization_domains (slug)
    WHERE flags ->> 'is_verified' = 'true';

-- A sign-in provider of an organization. Its credentials are a secret.
CREATE TABLE organization_providers (
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

CREATE INDEX ix_organization_providers_flags ON organization_providers USING gin (flags);
CREATE INDEX ix_organization_providers_org ON organization_providers (organization_id);
