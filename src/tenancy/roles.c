/* Looks up roles in the table of the edition. */
#include "tenancy/roles.h"

#include <stddef.h>
#include <string.h>

#include "base/buffer.h"
#include "tenancy/edition.h"

const struct role *roles(void)
{
    return edition_now()->roles;
}

static const struct role *role_find(const char *name)
{
    for (const struct role *role = roles(); name && role->name; role++)
        if (strcmp(role->name, name) == 0)
            return role;
    return NULL;
}

bool role_known(const char *name)
{
    return role_find(name) != NULL;
}

const char *roles_listed(void *arena)
{
    struct buffer out = buffer_make(arena, 1000);

    for (const struct role *role = roles(); role->name; role++)
        buffer_format(&out, "%s%s", role == roles() ? "" : ", ", role->name);
    return buffer_string(&out);
}

bool role_manages(const char *name)
{
    const struct role *role = role_find(name);

    return role && role->manages;
}

bool role_assignable(const char *name)
{
    return role_find(name) && strcmp(name, ROLE_OWNER) != 0;
}

const char *roles_managing(void *arena)
{
    struct buffer out = buffer_make(arena, 1000);

    for (const struct role *role = roles(); role->name; role++)
        if (role->manages)
            buffer_format(&out, "%c%s", out.len ? ',' : '{', role->name);
    buffer_char(&out, '}');
    return buffer_string(&out);
}
