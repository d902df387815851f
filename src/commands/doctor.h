/* Declares the commands `orgd doctor` and `orgd schema grants`. */
#ifndef ORGD_COMMANDS_DOCTOR_H
#define ORGD_COMMANDS_DOCTOR_H

#include "cli/options.h"

extern const struct option_row doctor_options[];
extern const struct option_row schema_grants_options[];

int doctor_run(const struct config *config, const struct options *options);
int schema_grants_run(const struct config *config, const struct options *options);

/* Rows for the table of commands. */
#define DOCTOR_COMMANDS                                                                                                \
    {.name = "doctor",                                                                                                 \
     .arguments = "",                                                                                                  \
     .summary = "Check the installation: databases, rights of the database role, keys, data directory, clock",         \
     .details = "Nothing is changed. Each line is `ok`, `note` (worth knowing) or `problem`. The exit status is 0 "    \
                "without a problem, and 1 with one.",                                                                  \
     .options = doctor_options,                                                                                        \
     .run = doctor_run},                                                                                               \
    {                                                                                                                  \
        .name = "schema grants", .arguments = "",                                                                      \
        .summary = "Print the SQL that gives the program's database role the rights it needs, and no others",          \
        .details = "The owner of the databases runs it in both of them; docs/operations.md has the steps.",            \
        .options = schema_grants_options, .run = schema_grants_run                                                     \
    }

#endif
