-- workspace_list: the workspaces a person belongs to, oldest first, as the listing's JSON
SELECT coalesce(json_agg(json_build_object(
           'id', w.id, 'name', coalesce(w.name, 'None'), 'description', coalesce(w.description, ''), 'type', w.type)
           ORDER BY w.created_at, w.id), '[]')
FROM workspaces w
WHERE w.id IN (SELECT workspace_id FROM workspace_members WHERE user_id = $1::uuid);
