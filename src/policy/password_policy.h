/* What a new password needs. */
#ifndef ORGD_POLICY_PASSWORD_POLICY_H
#define ORGD_POLICY_PASSWORD_POLICY_H

#include "config/config.h"

/* A longer password is refused before it reaches any hash. */
enum { PASSWORD_MAX_BYTES = 1024 };

/*
 * NULL when the password may be taken, otherwise the first rule that it breaks, as one sentence for its owner; it lives
 * in `arena` or as long as the program. An expression that gives up at its limits refuses the password.
 */
const char *password_problem(void *arena, const struct config *config, const char *password);

/* ERR_USAGE with the sentence when the configured expression is none, or the lengths contradict each other. */
enum err password_policy_check(const struct config *config, struct error *error) MUST_CHECK;

#endif
