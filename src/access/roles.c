/* The role table of the open edition. */
#include "access/roles.h"

#include <stddef.h>
#include <string.h>

const struct role roles[] = {
    {"owner", "Can fully manage the workspace, including adding and removing members.", true},
    {"admin", "Can manage workspace settings and members but cannot delete the workspace.", true},
    {"viewer", NULL, false},
    {NULL, NULL, false},
};

bool role_manages(const char *name)
{
    for (const struct role *role = roles; name && role->name; role++)
        if (strcmp(role->name, name) == 0)
            return role->manages;
    return false;
}
