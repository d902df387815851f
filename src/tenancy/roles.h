/* The roles that members have, in one table. */
#ifndef ORGD_TENANCY_ROLES_H
#define ORGD_TENANCY_ROLES_H

#include <stdbool.h>

/* What somebody is who was made a member without anything being said about it. */
#define ROLE_DEFAULT "admin"
/* Who owns an organization; handed over with it, never given. */
#define ROLE_OWNER "owner"

struct role {
    const char *name;
    const char *description; /* NULL: not offered to clients */
    bool manages;            /* may create and change what is in a workspace */
};

/* The edition's roles, strongest first; ends with a row without name. */
const struct role *roles(void);

/* Whether a role may be given to a member: it is known, and not the owner's. False for NULL. */
bool role_assignable(const char *name);

/* Whether it is a role at all, the owner's among them. False for NULL. */
bool role_known(const char *name);

/* The names of all roles for a sentence ("owner, admin, viewer"), in `arena`; NULL without memory. */
const char *roles_listed(void *arena);

/* The names of the roles that manage, as a PostgreSQL array ("{owner,admin}"), in `arena`; NULL without memory. */
const char *roles_managing(void *arena);

/* Whether a stored role may create and rename; false for NULL and unknown words. */
bool role_manages(const char *name);

#endif
