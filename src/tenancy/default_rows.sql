-- default_rows_insert: adds the rows that the data plane expects in a new project; rows of a slug that is taken are left out
-- $1 [{project, user, test_set, cases: [{id, data}]}]: `test_set` is the id of a test set to add, or null; $2 the address of the
-- services. The ids of a project's rows count up, because their order is the order of the revisions.
-- Each kind is an artifact with a variant of two revisions: an empty one, and one with data.
WITH project AS MATERIALIZED (
    SELECT w.project, w."user", w.test_set, w.cases, left(orgd.uuid_v7()::text, 14) || '7' AS stem
    FROM json_to_recordset($1::json) AS w (project uuid, "user" uuid, test_set uuid, cases json)
), environment_new AS MATERIALIZED (
    SELECT p.project, p."user", p.stem, e.slug, 4 * (e.place - 1) AS number
    FROM project p CROSS JOIN unnest(ARRAY['development', 'staging', 'production']) WITH ORDINALITY AS e (slug, place)
), environment_artifact AS (
    INSERT INTO environment_artifacts (project_id, id, slug, name, created_at, created_by_id)
    SELECT project, (stem || lpad(to_hex(number), 3, '0') || substr(gen_random_uuid()::text, 19))::uuid, slug, slug, now(), "user"
    FROM environment_new
    ON CONFLICT DO NOTHING
    RETURNING project_id, id, slug
), environment_variant AS (
    INSERT INTO environment_variants (project_id, artifact_id, id, slug, name, created_at, created_by_id)
    SELECT a.project_id, a.id, (n.stem || lpad(to_hex(n.number + 1), 3, '0') || substr(gen_random_uuid()::text, 19))::uuid,
           right(gen_random_uuid()::text, 12), a.slug, now(), n."user"
    FROM environment_artifact a JOIN environment_new n ON n.project = a.project_id AND n.slug = a.slug
    RETURNING project_id, artifact_id, id, name
), environment_revision AS (
    INSERT INTO environment_revisions (project_id, artifact_id, variant_id, id, slug, version, name, message, author, date, created_at,
                                       created_by_id)
    SELECT v.project_id, v.artifact_id, v.id,
           (n.stem || lpad(to_hex(n.number + 2 + version), 3, '0') || substr(gen_random_uuid()::text, 19))::uuid,
           right(gen_random_uuid()::text, 12), version::text, v.name, CASE version WHEN 0 THEN 'Initial commit' END, n."user", now(), now(),
           n."user"
    FROM environment_variant v JOIN environment_new n ON n.project = v.project_id AND n.slug = v.name, generate_series(0, 1) AS version
), schemas AS MATERIALIZED (
    SELECT jsonb_build_object('$schema', 'https://json-schema.org/draft/2020-12/schema', 'type', 'object', 'properties', '{}'::jsonb,
                              'additionalProperties', false) AS empty
), evaluator AS MATERIALIZED (
    SELECT e.slug, e.name, e.description, e.place, e.data,
           jsonb_object_agg(f.flag, f.flag = ANY (e.flags)) AS flags
    FROM schemas s CROSS JOIN LATERAL (VALUES
        (1, 'exact-match', 'Exact Match', 'Whether an output is equal to the expected answer.', ARRAY['is_managed', 'has_url'],
         jsonb_build_object(
             'uri', 'agenta:builtin:auto_exact_match:v0',
             'parameters', jsonb_build_object('correct_answer_key', 'correct_answer'),
             'schemas', jsonb_build_object(
                 'parameters', s.empty || jsonb_build_object('properties', jsonb_build_object('correct_answer_key', jsonb_build_object(
                     'type', 'string', 'default', 'correct_answer', 'x-ag-type', 'text', 'x-ag-ui-advanced', true))),
                 'outputs', s.empty || '{"properties": {"success": {"type": "boolean"}}, "required": ["success"]}'::jsonb))),
        (2, 'contains-json', 'Contains JSON', 'Whether an output contains well-formed JSON.', ARRAY['is_managed', 'has_url'],
         jsonb_build_object(
             'uri', 'agenta:builtin:auto_contains_json:v0',
             'schemas', jsonb_build_object(
                 'parameters', s.empty,
                 'outputs', s.empty || '{"properties": {"success": {"type": "boolean"}}, "required": ["success"]}'::jsonb))),
        (3, 'quality-rating', 'Quality Rating', 'A reviewer''s decision whether an output is good enough.',
         ARRAY['is_managed', 'is_custom', 'is_feedback', 'has_url'],
         jsonb_build_object(
             'uri', 'agenta:custom:feedback:v0',
             'url', $2::text || '/feedback/v0',
             'schemas', jsonb_build_object(
                 'outputs', s.empty || '{"properties": {"approved": {"type": "boolean"}}, "required": ["approved"]}'::jsonb)))
    ) AS e (place, slug, name, description, flags, data)
    CROSS JOIN unnest(ARRAY['is_managed', 'is_custom', 'is_llm', 'is_hook', 'is_code', 'is_match', 'is_feedback', 'is_chat', 'has_url',
                            'has_script', 'has_handler']
                      -- a revision of Agenta after v0.104.0 gives these to all workflows
                      || CASE WHEN EXISTS (SELECT FROM alembic_version_oss WHERE version_num >= 'oss000000010')
                              THEN ARRAY['is_agent', 'is_skill'] ELSE '{}' END) AS f (flag)
    GROUP BY e.slug, e.name, e.description, e.place, e.data
), workflow_new AS MATERIALIZED (
    SELECT p.project, p."user", p.stem, e.slug, e.name, e.description, e.data, e.flags, 16 + 4 * e.place AS number
    FROM project p CROSS JOIN evaluator e
), workflow_artifact AS (
    INSERT INTO workflow_artifacts (project_id, id, slug, name, description, flags, created_at, created_by_id)
    SELECT project, (stem || lpad(to_hex(number), 3, '0') || substr(gen_random_uuid()::text, 19))::uuid, slug, name, description,
           '{"is_application": false, "is_evaluator": true, "is_snippet": false}', now(), "user"
    FROM workflow_new
    ON CONFLICT DO NOTHING
    RETURNING project_id, id, slug
), workflow_variant AS (
    INSERT INTO workflow_variants (project_id, artifact_id, id, slug, name, description, created_at, created_by_id)
    SELECT a.project_id, a.id, (n.stem || lpad(to_hex(n.number + 1), 3, '0') || substr(gen_random_uuid()::text, 19))::uuid,
           right(gen_random_uuid()::text, 12), n.name, n.description, now(), n."user"
    FROM workflow_artifact a JOIN workflow_new n ON n.project = a.project_id AND n.slug = a.slug
    RETURNING project_id, artifact_id, id, name
), workflow_revision AS (
    INSERT INTO workflow_revisions (project_id, artifact_id, variant_id, id, slug, version, name, description, message, author, date,
                                    flags, data, created_at, created_by_id)
    SELECT v.project_id, v.artifact_id, v.id,
           (n.stem || lpad(to_hex(n.number + 2 + version), 3, '0') || substr(gen_random_uuid()::text, 19))::uuid,
           right(gen_random_uuid()::text, 12), version::text, n.name, n.description, CASE version WHEN 0 THEN 'Initial commit' END,
           n."user", now(), CASE version WHEN 1 THEN n.flags END, CASE version WHEN 1 THEN n.data::json END, now(), n."user"
    FROM workflow_variant v JOIN workflow_new n ON n.project = v.project_id AND n.name = v.name, generate_series(0, 1) AS version
), test_set AS (
    INSERT INTO testset_artifacts (project_id, id, slug, name, created_at, created_by_id)
    SELECT project, test_set, 'completion_testset-' || right(gen_random_uuid()::text, 12), 'completion_testset', now(), "user"
    FROM project WHERE test_set IS NOT NULL
), test_set_variant AS (
    INSERT INTO testset_variants (project_id, artifact_id, id, slug, name, created_at, created_by_id)
    SELECT project, test_set, (stem || '030' || substr(gen_random_uuid()::text, 19))::uuid, right(gen_random_uuid()::text, 12),
           'completion_testset', now(), "user"
    FROM project WHERE test_set IS NOT NULL
    RETURNING project_id, id
), test_case AS (
    INSERT INTO testcase_blobs (project_id, set_id, id, data, created_at, created_by_id)
    SELECT p.project, p.test_set, c.id, c.data, now(), p."user"
    FROM project p CROSS JOIN LATERAL json_to_recordset(p.cases) AS c (id uuid, data json)
    WHERE p.test_set IS NOT NULL
)
INSERT INTO testset_revisions (project_id, artifact_id, variant_id, id, slug, version, name, message, author, date, data, created_at,
                               created_by_id)
SELECT p.project, p.test_set, v.id, (p.stem || lpad(to_hex(49 + version), 3, '0') || substr(gen_random_uuid()::text, 19))::uuid,
       right(gen_random_uuid()::text, 12), version::text, 'completion_testset', CASE version WHEN 0 THEN 'Initial commit' END, p."user",
       now(),
       CASE version WHEN 1 THEN json_build_object('testcase_ids', (SELECT json_agg(c.value -> 'id' ORDER BY c.place)
                                                                   FROM json_array_elements(p.cases) WITH ORDINALITY AS c (value, place)))
       END,
       now(), p."user"
FROM project p JOIN test_set_variant v ON v.project_id = p.project, generate_series(0, 1) AS version;

-- default_rows_lacking: projects after one ($1) that lack environments or evaluators, with the owner of their organization
SELECT p.id AS project_id, o.owner_id AS user_id, 3 - e.count AS environments, 3 - w.count AS evaluators
FROM projects p
JOIN organizations o ON o.id = p.organization_id
JOIN users u ON u.id = o.owner_id
CROSS JOIN LATERAL (SELECT count(*) FROM environment_artifacts a
                    WHERE a.project_id = p.id AND a.slug IN ('development', 'staging', 'production')) AS e
CROSS JOIN LATERAL (SELECT count(*) FROM workflow_artifacts a
                    WHERE a.project_id = p.id AND a.slug IN ('exact-match', 'contains-json', 'quality-rating')) AS w
WHERE p.id > $1::uuid AND (e.count < 3 OR w.count < 3)
ORDER BY p.id
LIMIT 200;

-- default_rows_lock: lets one transaction at a time look for rows that projects lack
SELECT name FROM orgd.locks WHERE name = 'default_rows' FOR UPDATE;

-- default_rows_complete: adds the variant and the revisions that environments lack
-- The data plane commits each row by itself, so an environment is left alone for a minute.
WITH environment AS MATERIALIZED (
    SELECT a.project_id, a.id, a.slug, o.owner_id,
           (SELECT v.id FROM environment_variants v WHERE v.project_id = a.project_id AND v.artifact_id = a.id ORDER BY v.id LIMIT 1)
               AS variant,
           (SELECT count(*) FROM environment_revisions r WHERE r.project_id = a.project_id AND r.artifact_id = a.id) AS revisions
    FROM environment_artifacts a
    JOIN projects p ON p.id = a.project_id
    JOIN organizations o ON o.id = p.organization_id
    JOIN users u ON u.id = o.owner_id
    WHERE a.slug IN ('development', 'staging', 'production') AND a.deleted_at IS NULL
      AND a.created_at < now() - interval '1 minute'
), incomplete AS MATERIALIZED (
    SELECT e.project_id, e.id, e.slug, e.owner_id, e.variant, e.revisions, coalesce(e.variant, orgd.uuid_v7()) AS its_variant, left(orgd.uuid_v7()::text, 14) || '7' AS stem
    FROM environment e WHERE e.variant IS NULL OR e.revisions < 2
), variant AS (
    INSERT INTO environment_variants (project_id, artifact_id, id, slug, name, created_at, created_by_id)
    SELECT project_id, id, its_variant, right(gen_random_uuid()::text, 12), slug, now(), owner_id FROM incomplete WHERE variant IS NULL
)
INSERT INTO environment_revisions (project_id, artifact_id, variant_id, id, slug, version, name, message, author, date, created_at,
                                   created_by_id)
SELECT i.project_id, i.id, i.its_variant, (i.stem || lpad(to_hex(version), 3, '0') || substr(gen_random_uuid()::text, 19))::uuid,
       right(gen_random_uuid()::text, 12), version::text, i.slug, CASE version WHEN 0 THEN 'Initial commit' END, i.owner_id, now(), now(),
       i.owner_id
FROM incomplete i, generate_series(i.revisions, 1) AS version
RETURNING CASE version WHEN '1' THEN artifact_id END AS environment;
