/* The roles of members, in one table. */
#ifndef ORGD_TENANCY_ROLES_H
#define ORGD_TENANCY_ROLES_H

#include <stdbool.h>

/* Default role of a new member if the request names none. */
#define ROLE_DEFAULT "admin"
/* The role of an organization's owner. It is transferred with the organization and cannot be given. */
#define ROLE_OWNER "owner"

struct role {
    const char *name;
    const char *description; /* NULL: not offered to clients */
    bool manages;            /* may create and change what the workspace contains */
};

/* The edition's roles, strongest first; ends with a row without name. */
const struct role *roles(void);

/* Whether a role may be given to a member: it exists, and is not the owner's. False for NULL. */
bool role_assignable(const char *name);

/* Whether a role exists, the owner's included. False for NULL. */
bool role_known(const char *name);

/* The names of all roles for a sentence ("owner, admin, viewer"), in `arena`; NULL without memory. */
const char *roles_listed(void *arena);

/* The names of the roles that manage, as a PostgreSQL array ("{owner,admin}"), in `arena`; NULL without memory. */
const char *roles_managing(void *arena);

/* Whether a stored role may create and rename; false for NULL and unknown roles. */
bool role_manages(const char *name);

#endif
