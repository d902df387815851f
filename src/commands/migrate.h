/* Declares the commands of `orgd migrate`. */
#ifndef ORGD_COMMANDS_MIGRATE_H
#define ORGD_COMMANDS_MIGRATE_H

#include "cli/options.h"

extern const struct option_row migrate_status_options[];
extern const struct option_row migrate_plan_options[];
extern const struct option_row migrate_up_options[];
extern const struct option_row migrate_down_options[];
extern const struct option_row migrate_verify_options[];
extern const struct option_row migrate_purge_options[];
extern const struct option_row migrate_history_options[];

int migrate_status_run(const struct config *config, const struct options *options);
int migrate_plan_run(const struct config *config, const struct options *options);
int migrate_up_run(const struct config *config, const struct options *options);
int migrate_down_run(const struct config *config, const struct options *options);
int migrate_verify_run(const struct config *config, const struct options *options);
int migrate_purge_run(const struct config *config, const struct options *options);
int migrate_history_run(const struct config *config, const struct options *options);

/* Rows for the table of commands. */
#define MIGRATE_COMMANDS                                                                                               \
    {.name = "migrate status",                                                                                         \
     .arguments = "",                                                                                                  \
     .summary = "Say which revisions the databases have",                                                              \
     .options = migrate_status_options,                                                                                \
     .run = migrate_status_run},                                                                                       \
        {.name = "migrate plan",                                                                                       \
         .arguments = "",                                                                                              \
         .summary = "Show what `migrate up` would do, without touching anything",                                      \
         .details = "Says which revisions run, which tables they lock, what they can harm, who becomes a member of "   \
                    "what and who does not, what goes, whether it can be undone, and what has to be accepted.",        \
         .options = migrate_plan_options,                                                                              \
         .run = migrate_plan_run},                                                                                     \
        {.name = "migrate up",                                                                                         \
         .arguments = "",                                                                                              \
         .summary = "Initialize empty databases and apply missing revisions",                                          \
         .details = "Each database is initialized in one transaction; on one that exists, each revision is a "         \
                    "transaction of its own. A second runner waits and then finds nothing to do. SIGINT rolls back "   \
                    "what is under way; the same command goes on from there.",                                         \
         .options = migrate_up_options,                                                                                \
         .run = migrate_up_run},                                                                                       \
        {.name = "migrate down",                                                                                       \
         .arguments = "",                                                                                              \
         .summary = "Undo every revision that ran after a given one",                                                  \
         .options = migrate_down_options,                                                                              \
         .run = migrate_down_run},                                                                                     \
        {.name = "migrate verify",                                                                                     \
         .arguments = "",                                                                                              \
         .summary = "Compare the databases with freshly made ones",                                                    \
         .details =                                                                                                    \
             "Exit status 1 when something is missing, changed, or added to a table of ours. Other tables, views and " \
             "indexes are reported, but do not count as differences.",                                                 \
         .options = migrate_verify_options,                                                                            \
         .run = migrate_verify_run},                                                                                   \
        {.name = "migrate purge",                                                                                      \
         .arguments = "",                                                                                              \
         .summary = "Empty the archive of the upgrade from v0.103.5",                                                  \
         .options = migrate_purge_options,                                                                             \
         .run = migrate_purge_run},                                                                                    \
    {                                                                                                                  \
        .name = "migrate history", .arguments = "", .summary = "List the revisions that this program knows",           \
        .options = migrate_history_options, .run = migrate_history_run, .unconfigured = true                           \
    }

#endif
