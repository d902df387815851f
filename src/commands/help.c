/* Runs `orgd help`, `man` and `completion`. */
#include <string.h>
#include <talloc.h>

#include "commands/commands.h"

#define OUTPUT_MAX (1 << 20)

int help_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct error error;
    char *topic = NULL;

    (void)config;
    for (size_t i = 0; i < options->argument_count; i++)
        topic = topic ? talloc_asprintf_append(topic, " %s", options->arguments[i])
                      : talloc_strdup(options->arena, options->arguments[i]);
    if (options_help(options->program, topic, &out))
        return command_output(&out);
    (void)error_set(&error, ERR_USAGE, "There is no command %.64s; `%s help` lists what there is", topic ? topic : "",
                    options->program->name);
    return command_failed(&error);
}

int manual_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);

    (void)config;
    options_manual(options->program, &out);
    return command_output(&out);
}

int completion_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);

    (void)config;
    options_completion_bash(options->program, &out);
    return command_output(&out);
}
