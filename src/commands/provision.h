/* Declares the commands for an operator's first steps: `orgd account`, `orgd organization`, `orgd key`. */
#ifndef ORGD_COMMANDS_PROVISION_H
#define ORGD_COMMANDS_PROVISION_H

#include "cli/options.h"

extern const struct option_row account_create_options[];
extern const struct option_row account_end_sessions_options[];
extern const struct option_row organization_list_options[];
extern const struct option_row key_create_options[];

int account_create_run(const struct config *config, const struct options *options);
int account_end_sessions_run(const struct config *config, const struct options *options);
int organization_list_run(const struct config *config, const struct options *options);
int key_create_run(const struct config *config, const struct options *options);

/* Rows for the table of commands. */
#define PROVISION_COMMANDS                                                                                             \
    {.name = "account create",                                                                                         \
     .arguments = "EMAIL",                                                                                             \
     .summary = "Make an account with an organization, a workspace and a project",                                     \
     .details = "Does what `POST /api/admin/simple/accounts/` does: all of it or nothing. Works with a running "       \
                "server, and without one.",                                                                            \
     .options = account_create_options,                                                                                \
     .run = account_create_run},                                                                                       \
        {.name = "account end-sessions",                                                                               \
         .arguments = "EMAIL",                                                                                         \
         .summary = "End all sessions of a user, on every server, from the next request on",                           \
         .details = "Reset links and codes that were sent to the address end as well. API keys stay; "                 \
                    "AGENTA_ACCESS_BLOCKED_EMAILS refuses them, and keeps the user out.",                              \
         .options = account_end_sessions_options,                                                                      \
         .run = account_end_sessions_run},                                                                             \
        {.name = "organization list",                                                                                  \
         .arguments = "",                                                                                              \
         .summary = "List every organization with its owner and the number of its members",                            \
         .options = organization_list_options,                                                                         \
         .run = organization_list_run},                                                                                \
    {                                                                                                                  \
        .name = "key create", .arguments = "EMAIL", .summary = "Make an API key for somebody and print it, once",      \
        .details = "The key is for their default project, or the one named with --project.",                           \
        .options = key_create_options, .run = key_create_run                                                           \
    }

#endif
