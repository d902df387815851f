/* Who may sign in and who may own organizations, decided from an address and the configuration alone. */
#ifndef ORGD_POLICY_SIGNIN_RULES_H
#define ORGD_POLICY_SIGNIN_RULES_H

#include <stdbool.h>

#include "config/config.h"

/* Why an address is let in or not. */
enum access_rule {
    ACCESS_OPEN,              /* no rule speaks against it */
    ACCESS_ALLOWED_DOMAIN,    /* its domain is, or is below, one of the allowed ones */
    ACCESS_BLOCKED_EMAIL,     /* it is listed */
    ACCESS_NOT_ALLOWED,       /* domains are allowed, and its is none of them */
    ACCESS_BLOCKED_DOMAIN,    /* its domain is, or is below, one of the blocked ones */
    ACCESS_INVITED,           /* sign-up needs an invitation, and it has one */
    ACCESS_HAS_ACCOUNT,       /* sign-up needs an invitation, but it has signed up before */
    ACCESS_INVITATION_NEEDED, /* sign-up needs an invitation, and it has none */
};

/* What the decision rests on besides the configuration. */
struct access_question {
    const char *email; /* as it was given */
    bool has_account;  /* a `users` row has this address */
    bool invited;      /* an invitation that is neither used nor expired has this address */
};

struct access_decision {
    bool may_sign_in;
    bool may_own;          /* may get and create organizations */
    enum access_rule rule; /* what decided about signing in */
    const char *entry;     /* the entry of the list that decided, in the configuration; NULL when none did */
};

/* Decides. A pure function: no clock, no database. `arena` holds temporary text; without memory nobody is let in. */
struct access_decision access_decide(void *arena, const struct config *config, const struct access_question *question);

/*
 * Whether the address is listed as blocked, or is of a blocked domain where that list is in force: then its sessions
 * and keys are refused. An address that is only outside of the allowed domains keeps those that it has. True without
 * memory.
 */
bool access_is_blocked(void *arena, const struct config *config, const char *email);

/* True when no owner list is set, or the trimmed lower-cased address stands in it. `arena` holds temporary text. */
bool access_may_own(void *arena, const struct config *config, const char *email);

#endif
