-- core_user_get: a login as the core driver interface describes it, and the address of its account, by which the data plane finds
-- the account
SELECT json_build_object(
           'status', 'OK',
           'user', json_build_object(
               'id', l.id,
               'isPrimaryUser', false,
               'tenantIds', json_build_array('public'),
               'emails', json_build_array(u.email),
               'phoneNumbers', json_build_array(),
               'thirdParty', CASE WHEN l.method = 'thirdparty'
                                  THEN json_build_array(json_build_object('id', l.provider, 'userId', l.subject))
                                  ELSE json_build_array() END,
               'webauthn', json_build_object('credentialIds', json_build_array()),
               'loginMethods', json_build_array(json_strip_nulls(json_build_object(
                   'recipeId', l.method,
                   'recipeUserId', l.id,
                   'tenantIds', json_build_array('public'),
                   'email', u.email,
                   'thirdParty', CASE WHEN l.method = 'thirdparty'
                                      THEN json_build_object('id', l.provider, 'userId', l.subject) END,
                   'timeJoined', (extract(epoch FROM l.created_at) * 1000)::bigint,
                   'verified', lower(u.email COLLATE "C") = ANY (l.proven_emails)))),
               'timeJoined', (extract(epoch FROM l.created_at) * 1000)::bigint)) AS answer,
       u.email
FROM orgd.logins l
JOIN users u ON u.id = l.user_id
WHERE l.id = $1::uuid;
