-- organizations_overview: every organization with its owner and the number of its members, oldest first
SELECT o.name, o.slug, u.email, (SELECT count(*) FROM organization_members AS m WHERE m.organization_id = o.id),
       orgd.iso(o.created_at), o.id
FROM organizations AS o LEFT JOIN users AS u ON u.id = o.owner_id
ORDER BY o.created_at, o.id;

-- default_project_of: the project that a key of a user is for, where none is named
SELECT p.id, p.project_name, o.name
FROM users AS u
JOIN project_members AS m ON m.user_id = u.id
JOIN projects AS p ON p.id = m.project_id
JOIN workspaces AS w ON w.id = p.workspace_id
JOIN organizations AS o ON o.id = p.organization_id
WHERE lower(u.email COLLATE "C") = lower($1::text COLLATE "C")
ORDER BY o.owner_id = u.id DESC, o.created_at, o.id, w.created_at, w.id, p.is_default DESC, p.created_at, p.id
LIMIT 1;
