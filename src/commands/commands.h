/* Declares the commands that belong to no other file; main.c has the table of commands. */
#ifndef ORGD_COMMANDS_COMMANDS_H
#define ORGD_COMMANDS_COMMANDS_H

#include "cli/options.h"

extern const struct option_row config_options[];
extern const struct option_row version_options[];

/* Each returns an enum exit_status. */
int config_run(const struct config *config, const struct options *options);
int version_run(const struct config *config, const struct options *options);
int openapi_run(const struct config *config, const struct options *options);
int help_run(const struct config *config, const struct options *options);
int manual_run(const struct config *config, const struct options *options);
int completion_run(const struct config *config, const struct options *options);

#endif
