-- kind: part
-- The roles that an invitation may give, the strongest with the highest number. Nobody becomes an owner by invitation.
SELECT role, strength
  FROM (VALUES ('viewer', 1), ('annotator', 2), ('editor', 3), ('developer', 4), ('admin', 5)) AS t (role, strength);
