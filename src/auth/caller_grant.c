/* Makes the grants of secret tokens on behalf of callers. */
#include "auth/caller_grant.h"

#include "auth/statements.h"

struct secret_grant caller_grant(const struct identity *caller)
{
    return (struct secret_grant){
        .user_id = caller->user_id,
        .project_id = caller->project_id,
        .workspace_id = caller->workspace_id,
        .organization_id = caller->organization_id,
        .session = caller->has_session ? &caller->session : NULL,
    };
}

enum err caller_grant_read(struct request *req, struct secret_grant *grant)
{
    struct result row;

    if (!req->db)
        return ERR_AGAIN;
    TRY(DB_RUN(req->db, caller_grant_texts, &row, param_uuid(&grant->user_id), param_uuid(&grant->organization_id)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) != 1)
        return ERR_UNAUTHORIZED;
    grant->user_email = result_text(&row, 0, CALLER_GRANT_TEXTS_USER_EMAIL);
    grant->organization_name = result_text(&row, 0, CALLER_GRANT_TEXTS_ORGANIZATION_NAME);
    return OK;
}
