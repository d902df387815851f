-- revision: orgd00000004
-- revises: orgd00000003
-- Gives the statements names for what they all need: a new id, the slug of an organization, a moment as clients read it.

-- up
-- A version 7 UUID (RFC 9562): a random one whose first 48 bits are the milliseconds since 1970.
CREATE FUNCTION orgd.uuid_v7() RETURNS uuid
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN encode(
        set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
                                placing substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                                FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid;

-- Lower-case letters, digits, underscores and single hyphens of a name, then the end of the organization's id.
CREATE FUNCTION orgd.slug(name text, id uuid) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN concat_ws('-',
        coalesce(nullif(btrim(regexp_replace(regexp_replace(lower(
            regexp_replace(normalize(name, NFKD), '[^\x01-\x7f]', '', 'g')),
            '[^a-z0-9_ -]', '', 'g'), '[ -]+', '-', 'g'), '-'), ''), 'org'),
        right(id::text, 12));

-- 2026-06-12 13:11:05.123456+00:00, and 2026-06-12T13:11:05.123456+00:00; microseconds are left out when there are none.
CREATE FUNCTION orgd.spaced(moment timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN replace(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00:00'), '.000000', '');
CREATE FUNCTION orgd.iso(moment timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN replace(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00'), '.000000', '');

-- down
DROP FUNCTION orgd.iso(timestamptz);
DROP FUNCTION orgd.spaced(timestamptz);
DROP FUNCTION orgd.slug(text, uuid);
DROP FUNCTION orgd.uuid_v7();
