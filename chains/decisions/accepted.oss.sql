-- kind: part
-- needs: known_roles
-- needs: places
-- Used invitations, whom they made a member, and the role they give. Without a user the address decides: as it is
-- written, else without regard to case; of several people the active one, then the oldest.
WITH people AS (
    SELECT DISTINCT ON (lower(btrim(u.email) COLLATE "C")) lower(btrim(u.email) COLLATE "C") AS address, u.id
      FROM users u
     WHERE u.email IS NOT NULL
     ORDER BY lower(btrim(u.email) COLLATE "C"), u.is_active DESC, u.created_at, u.id
), given AS (
    SELECT i.id AS invitation_id, i.email, i.role AS given_role, i.created_at, i.project_id, i.user_id AS linked_id,
           CASE WHEN current_setting('orgd.strict')::boolean THEN i.user_id
                ELSE coalesce(i.user_id, exact.id, people.id)
           END AS user_id,
           k.role AS known_role,
           lower(btrim(i.role) COLLATE "C") = 'owner' AS owner,
           CASE WHEN current_setting('orgd.strict')::boolean THEN i.ctid END AS heap
      FROM project_invitations i
      LEFT JOIN users exact ON exact.email = i.email AND i.user_id IS NULL
      LEFT JOIN people ON people.address = lower(btrim(i.email) COLLATE "C") AND i.user_id IS NULL
      LEFT JOIN decided_known_roles k ON k.role = lower(btrim(i.role) COLLATE "C")
     WHERE i.used
), normal AS (
    SELECT g.*,
           CASE WHEN current_setting('orgd.strict')::boolean THEN g.given_role
                WHEN g.owner THEN 'admin'
                ELSE coalesce(g.known_role, 'viewer')
           END AS role
      FROM given g
)
SELECT n.invitation_id, n.email, n.given_role, n.linked_id, n.user_id, n.known_role, n.owner, n.role,
       n.project_id, p.workspace_id, p.organization_id,
       -- which of several is taken: the first in the heap (strict), else the strongest, the newest, the highest id
       row_number() OVER (ORDER BY n.heap, k.strength DESC, n.created_at DESC NULLS LAST, n.invitation_id DESC) AS rank
  FROM normal n
  JOIN decided_places p ON p.project_id = n.project_id
  LEFT JOIN decided_known_roles k ON k.role = n.role;
