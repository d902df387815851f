/* Sign-in with a code sent by mail. */
#ifndef ORGD_SIGNIN_CODES_H
#define ORGD_SIGNIN_CODES_H

#include "http/http.h"

/* A code has six digits. A device is the browser that waits for codes; its attempts are limited. */
enum {
    CODE_DIGITS = 6,
    CODE_VALID_S = 10 * 60,
    CODE_ATTEMPTS = 5,
    CODE_DEVICE_VALID_S = 60 * 60, /* for how long it can learn that its code has expired, and request another one */
};

enum err codes_create(struct request *req);
enum err codes_resend(struct request *req);
enum err codes_consume(struct request *req);

#endif
