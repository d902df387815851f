-- A single-organization instance of v0.103.5: psql variables `people`, and two keys for each. One in fifty keys has no
-- project.
INSERT INTO users (id, email, created_at)
SELECT md5('user' || n)::uuid, 'user' || n || '@example.com', timestamptz '2026-01-01' + n * interval '1 s'
  FROM generate_series(1, :people) n;

INSERT INTO organizations (id, name, slug, owner_id, created_by_id, created_at)
VALUES (md5('organization')::uuid, 'Organization', 'oss-default', md5('user1')::uuid, md5('user1')::uuid, '2026-01-01');
INSERT INTO workspaces (id, name, organization_id, created_at)
VALUES (md5('workspace')::uuid, 'Default', md5('organization')::uuid, '2026-01-01');
INSERT INTO projects (id, project_name, is_default, workspace_id, organization_id, created_at)
VALUES (md5('project')::uuid, 'Default', true, md5('workspace')::uuid, md5('organization')::uuid, '2026-01-01');

INSERT INTO project_invitations (id, token, email, used, role, user_id, project_id, expiration_date, created_at)
SELECT md5('invitation' || n)::uuid, 'token' || n, 'user' || n || '@example.com', true,
       (ARRAY['viewer', 'annotator', 'editor', 'developer', 'admin'])[1 + n % 5], md5('user' || n)::uuid,
       md5('project')::uuid, '2026-02-01', timestamptz '2026-01-01' + n * interval '1 s'
  FROM generate_series(1, :people) n;

INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id, created_at)
SELECT md5('key' || n)::uuid, to_hex(n), to_hex(n) || '.' || md5('key' || n),
       CASE WHEN n % 50 > 0 THEN md5('project')::uuid END, md5('user' || 1 + n % :people)::uuid, '2026-01-01'
  FROM generate_series(1, 2 * :people) n;

ANALYZE;
