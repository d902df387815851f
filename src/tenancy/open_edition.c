/* The open edition. */
#include "tenancy/edition.h"

static const struct role open_roles[] = {
    {ROLE_OWNER, "Can fully manage the workspace, including adding and removing members.", true},
    {"admin", "Can manage workspace settings and members but cannot delete the workspace.", true},
    {"viewer", NULL, false},
    {NULL, NULL, false},
};

/* Every member of a project may do everything in it. */
static bool permits(const struct request *req)
{
    (void)req;
    return true;
}

const struct edition open_edition = {
    .name = "oss",
    .roles = open_roles,
    .permits = permits,
};
