/* Sign-in with an identity provider. */
#ifndef ORGD_SIGNIN_SOCIAL_H
#define ORGD_SIGNIN_SOCIAL_H

#include "http/http.h"

enum err social_authorize(struct request *req);
enum err social_sign_in(struct request *req);
enum err social_apple_callback(struct request *req);

#endif
