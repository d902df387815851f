/* The program's entry: the table of commands. */
#include "cli/options.h"
#include "commands/access.h"
#include "commands/add_defaults.h"
#include "commands/audit_log.h"
#include "commands/commands.h"
#include "commands/doctor.h"
#include "commands/import.h"
#include "commands/mail.h"
#include "commands/migrate.h"
#include "commands/provision.h"
#include "commands/rotate.h"
#include "commands/schema.h"
#include "commands/serve.h"
#include "tenancy/edition.h"

static const struct option_row common_options[] = {
    {.name = "config",
     .value = "FILE",
     .help = "Read variables from this file, as NAME=value lines; the environment wins over it"},
    {0},
};

static const struct command commands[] = {
    SERVE_COMMAND,
    MIGRATE_COMMANDS,
    SCHEMA_COMMANDS,
    DOCTOR_COMMANDS,
    ACCESS_COMMANDS,
    MAIL_COMMANDS,
    IMPORT_COMMANDS,
    PROVISION_COMMANDS,
    ROTATE_COMMANDS,
    PROJECT_COMMANDS,
    AUDIT_COMMANDS,
    {.name = "config",
     .arguments = "",
     .summary = "Show every variable: its value in force, secrets masked, and where it came from",
     .options = config_options,
     .run = config_run},
    {.name = "openapi", .arguments = "", .summary = "Print the OpenAPI document of the HTTP API", .run = openapi_run},
    {.name = "version",
     .arguments = "",
     .summary = "Print the version",
     .options = version_options,
     .run = version_run,
     .unconfigured = true},
    {.name = "help",
     .arguments = "[COMMAND]...",
     .summary = "Explain a command",
     .run = help_run,
     .unconfigured = true},
    {.name = "completion bash",
     .arguments = "",
     .summary = "Print the completion for bash; `source <(orgd completion bash)` puts it in force",
     .run = completion_run,
     .unconfigured = true},
    {.name = "man",
     .arguments = "",
     .summary = "Print the man page",
     .run = manual_run,
     .unconfigured = true,
     .hidden = true},
};

static const struct program program = {
    .name = "orgd",
    .version = ORGD_VERSION,
    .summary = "Accounts, organizations, workspaces and projects over HTTP, on PostgreSQL",
    .details = "The configuration is read from the environment, then from the file given with --config, then from "
               "the defaults. `orgd config` shows every variable, and docs/configuration.md explains them.",
    .options = common_options,
    .commands = commands,
    .count = sizeof commands / sizeof *commands,
    .configured = edition_choose,
};

int main(int argc, char **argv)
{
    return options_main(&program, argc, argv);
}
