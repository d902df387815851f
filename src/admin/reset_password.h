/* Sets passwords of users. */
#ifndef ORGD_ADMIN_RESET_PASSWORD_H
#define ORGD_ADMIN_RESET_PASSWORD_H

#include "http/http.h"

/* POST /admin/simple/accounts/reset-password: all passwords or none; the sessions of the users end. */
enum err passwords_reset(struct request *req);

#endif
