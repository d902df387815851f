/* Signing in with a code that is sent by mail. */
#ifndef ORGD_SIGNIN_CODES_H
#define ORGD_SIGNIN_CODES_H

#include "http/http.h"

/* Codes have six digits; a device, the browser that waits for them, has so many attempts in all. */
enum {
    CODE_DIGITS = 6,
    CODE_VALID_S = 10 * 60,
    CODE_ATTEMPTS = 5,
    CODE_DEVICE_VALID_S = 60 * 60, /* to be told that a code has expired, and to ask for another one */
};

enum err codes_create(struct request *req);
enum err codes_resend(struct request *req);
enum err codes_consume(struct request *req);

#endif
