/* Implements the differences of the enterprise edition. */
#include "enterprise/enterprise.h"

#include "enterprise/subscriptions.h"

static const struct role enterprise_roles[] = {
    {ROLE_OWNER, "Can fully manage the workspace, including adding and removing members.", true},
    {"admin", "Can manage workspace settings and members but cannot delete the workspace.", true},
    {"viewer", NULL, false},
    {NULL, NULL, false},
};

/* Permits everything: roles do not restrict members yet. */
static bool permits(const struct request *req)
{
    (void)req;
    return true;
}

static const struct account_hooks account_hooks = {
    .organizations_named = subscriptions_choose,
    .organizations_written = subscriptions_write,
    .members_written = subscriptions_count,
    .users_leaving = subscriptions_count_off_users,
    .member_leaving = subscriptions_count_off_member,
    .write_subscription = subscription_show,
};

const struct edition enterprise_edition = {
    .name = "ee",
    .roles = enterprise_roles,
    .permits = permits,
    .checks_own_scope_only = true,
    .owners_are_members = true,
    .memberships_are_deletable = true,
    .account_hooks = &account_hooks,
};
