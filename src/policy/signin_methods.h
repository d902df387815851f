/* Decides from the configuration alone which sign-in methods are active. */
#ifndef ORGD_POLICY_SIGNIN_METHODS_H
#define ORGD_POLICY_SIGNIN_METHODS_H

#include <stdbool.h>

#include "config/config.h"

/* Whether a method is active; each function can be the `active` member of a route. At most one of the first two is
 * true. */
bool methods_password(const struct config *config);
bool methods_otp(const struct config *config);
bool methods_email(const struct config *config); /* either of the two */
bool methods_social(const struct config *config);

struct sign_in_method {
    const char *identity; /* in tokens and identity rows; NULL: one for each provider, "social:<id>" */
    const char *factor;   /* in the browser interface */
    bool (*active)(const struct config *config);
};
/* Ends with a row without factor. */
extern const struct sign_in_method sign_in_methods[];

/* ERR_USAGE with a sentence when no method of signing in is left, or codes are demanded and no mail is configured. */
enum err methods_check(const struct config *config, struct error *error) MUST_CHECK;

#endif
