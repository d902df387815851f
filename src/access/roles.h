/* The roles that members have, in one table. */
#ifndef ORGD_ACCESS_ROLES_H
#define ORGD_ACCESS_ROLES_H

#include <stdbool.h>

struct role {
    const char *name;
    const char *description; /* NULL: not offered to clients */
    bool manages;            /* may create and change what is in a workspace */
};

/* Strongest first; ended by a row without name. */
extern const struct role roles[];

/* Whether a stored role may create and rename; false for NULL and unknown words. */
bool role_manages(const char *name);

#endif
