/* Decides from an address and the configuration alone who may sign in and who may own organizations. */
#ifndef ORGD_POLICY_SIGNIN_RULES_H
#define ORGD_POLICY_SIGNIN_RULES_H

#include <stdbool.h>

#include "config/config.h"

/* The rule that allows or refuses an address. */
enum access_rule {
    ACCESS_OPEN,              /* no rule refuses it */
    ACCESS_ALLOWED_DOMAIN,    /* its domain is, or is below, an allowed one */
    ACCESS_BLOCKED_EMAIL,     /* the address is blocked */
    ACCESS_NOT_ALLOWED,       /* domains are restricted, and its domain is not an allowed one */
    ACCESS_BLOCKED_DOMAIN,    /* its domain is, or is below, a blocked one */
    ACCESS_INVITED,           /* sign-up needs an invitation, and the address has one */
    ACCESS_HAS_ACCOUNT,       /* sign-up needs an invitation, but the address has an account already */
    ACCESS_INVITATION_NEEDED, /* sign-up needs an invitation, and the address has none */
};

/* The input of a decision in addition to the configuration. */
struct access_question {
    const char *email; /* as given */
    bool has_account;  /* a `users` row has this address */
    bool invited;      /* an invitation that is neither used nor expired has this address */
};

struct access_decision {
    bool may_sign_in;
    bool may_own;          /* may be given and may create organizations */
    enum access_rule rule; /* the rule that decided about signing in */
    const char *entry;     /* the entry of the configured list that decided; NULL: none */
};

/* Decides. A pure function: no clock, no database. `arena` holds temporary text; without memory the address is
 * refused. */
struct access_decision access_decide(void *arena, const struct config *config, const struct access_question *question);

/*
 * Whether the address is blocked, or its domain is blocked and that list is in force: its sessions and keys are refused
 * then. An address that is merely outside the allowed domains keeps its sessions and keys. True without memory.
 */
bool access_is_blocked(void *arena, const struct config *config, const char *email);

/* Whether no list of owners is set, or the trimmed lower-case address is in it. `arena` holds temporary text. */
bool access_may_own(void *arena, const struct config *config, const char *email);

#endif
