/* Which ways of signing in are active, decided from the configuration alone. */
#ifndef ORGD_POLICY_SIGNIN_METHODS_H
#define ORGD_POLICY_SIGNIN_METHODS_H

#include <stdbool.h>

#include "config/config.h"

/* Each is fit for the `active` of a route. At most one of the first two is active. */
bool methods_password(const struct config *config);
bool methods_otp(const struct config *config);
bool methods_email(const struct config *config); /* either of them */
bool methods_social(const struct config *config);

struct sign_in_method {
    const char *identity; /* in tokens and identity rows; NULL: one for each provider, "social:<id>" */
    const char *factor;   /* in the browser interface */
    bool (*active)(const struct config *config);
};
/* Ended by a row without factor. */
extern const struct sign_in_method sign_in_methods[];

/* ERR_USAGE with the sentence when nobody could sign in, or codes are wanted and no mail is configured. */
enum err methods_check(const struct config *config, struct error *error) MUST_CHECK;

#endif
