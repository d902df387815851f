/* Sign-up and sign-in with a password. */
#ifndef ORGD_SIGNIN_PASSWORDS_H
#define ORGD_SIGNIN_PASSWORDS_H

#include "http/http.h"

enum err passwords_sign_up(struct request *req);
enum err passwords_sign_in(struct request *req);

#endif
