/* Limits how often an administration key may be tried. */
#include "access/admin_key.h"

#include "access/limits.h"
#include "identity/identity.h"

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
