/* Sets the passwords of people. */
#ifndef ORGD_ADMIN_RESET_PASSWORD_H
#define ORGD_ADMIN_RESET_PASSWORD_H

#include "http/http.h"

/* POST /admin/simple/accounts/reset-password: all of them or none; their sessions end. */
enum err passwords_reset(struct request *req);

#endif
