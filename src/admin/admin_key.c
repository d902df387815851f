/* Limits how often a wrong administration key may be given. */
#include "admin/admin_key.h"

#include "auth/identity.h"
#include "policy/limits.h"

/*
 * The key is checked first, so that nobody can keep the right one out by giving wrong ones. It is no password but a
 * random key: what the limit saves is not the key but work.
 */
enum err admin_key_recognize(struct request *req, enum caller_kind wanted)
{
    enum err code = identity_recognize(req, wanted);
    enum err limited;

    if (wanted != CALLER_ADMIN || !req->authorization || code != ERR_UNAUTHORIZED)
        return code;
    limited = limit_take_client(req, LIMIT_ADMIN_KEY_CLIENT);
    return limited == OK ? code : limited;
}
