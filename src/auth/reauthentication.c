/* Checks whether the user of a session has authenticated recently. */
#include "auth/reauthentication.h"

#include "auth/identity.h"
#include "auth/statements.h"

enum err reauthentication_check(struct request *req)
{
    const struct identity *caller = identity_of(req);
    struct result row;
    enum err err = OK;

    if (!caller->has_session || req->config->reauthentication_age == 0)
        return OK;
    TRY(DB_RUN(req->db, session_recent, &row, param_uuid(&caller->session),
               param_int(req->config->reauthentication_age)));
    if (result_rows(&row) != 1)
        err = ERR_UNAUTHORIZED;
    else if (!result_bool(&row, 0, SESSION_RECENT_RECENT))
        err = ERR_REAUTHENTICATION_REQUIRED;
    result_clear(&row);
    return err;
}
