/* Checks new passwords against the password policy. */
#ifndef ORGD_POLICY_PASSWORD_POLICY_H
#define ORGD_POLICY_PASSWORD_POLICY_H

#include "config/config.h"

/* Longer passwords are refused before they are hashed. */
enum { PASSWORD_MAX_BYTES = 1024 };

/*
 * NULL when the password is acceptable. Otherwise the first rule that it breaks, as one sentence for the user, in
 * `arena` or static. An expression that exceeds its limits refuses the password.
 */
const char *password_problem(void *arena, const struct config *config, const char *password);

/* ERR_USAGE with a sentence when the configured expression is invalid, or the lengths contradict each other. */
enum err password_policy_check(const struct config *config, struct error *error) MUST_CHECK;

#endif
