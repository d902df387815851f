/* Limits how often an administration key may be tried. */
#include "admin/admin_key.h"

#include "auth/identity.h"
#include "policy/limits.h"

enum err admin_key_recognize(struct request *req, enum caller_kind wanted)
{
    enum err code;

    if (wanted != CALLER_ADMIN || !req->authorization)
        return identity_recognize(req, wanted);
    code = limit_take_client(req, LIMIT_ADMIN_KEY_CLIENT);
    if (code != OK)
        return code;
    code = identity_recognize(req, wanted);
    if (code == OK)
        limit_give_client(req, LIMIT_ADMIN_KEY_CLIENT);
    return code;
}
