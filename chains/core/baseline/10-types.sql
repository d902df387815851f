-- The extensions and enumerations of the core database.

CREATE EXTENSION ltree;
CREATE EXTENSION pgcrypto;

-- What a folder may hold.
CREATE TYPE folder_kind_enum AS ENUM ('APPLICATIONS');

-- What a stored secret is for.
CREATE TYPE secretkind_enum AS ENUM (
    'PROVIDER_KEY',
    'CUSTOM_PROVIDER',
    'SSO_PROVIDER',
    'WEBHOOK_PROVIDER'
);
