/* The account behind a login. */
#include "signin/account.h"

enum err account_sign_in(struct request *req, const struct account_login *login, bool *created)
{
    (void)req;
    (void)login;
    (void)created;
    return ERR_INTERNAL;
}
