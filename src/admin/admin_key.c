/* Limits attempts with wrong administration keys. */
#include "admin/admin_key.h"

#include "auth/identity.h"
#include "policy/limits.h"

/*
 * The key is checked before the limit, so that wrong keys cannot lock the right one out. The key is random, not a
 * password: the limit saves work, the length of the key protects it.
 */
enum err admin_key_authenticate_cached(struct request *req, enum caller_kind wanted)
{
    enum err err = identity_authenticate_cached(req, wanted);

    if (wanted != CALLER_ADMIN || !req->authorization || err != ERR_UNAUTHORIZED)
        return err;
    TRY(limit_take_client(req, LIMIT_ADMIN_KEY_CLIENT));
    return err;
}
