/* Runs `orgd version`: prints the versions of this program and of the API it is compatible with. */
#include <libpq-fe.h>

#include "base/json.h"
#include "commands/commands.h"

#define ORGD_API_VERSION "v0.104.0"

const struct option_row version_options[] = {
    {.name = "json", .help = "Print JSON"},
    {0},
};

static void print_json(const struct program *program, struct buffer *out)
{
    JSON_OBJECT(out, member_text("version", program->version), member_text("api", ORGD_API_VERSION),
                member_int("libpq", PQlibVersion()));
    buffer_char(out, '\n');
}

int version_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, 64 * 1024);

    (void)config;
    if (option_given(options, "json"))
        print_json(options->program, &out);
    else
        buffer_format(&out, "%s %s\nspeaks the API of Agenta %s, with libpq %d.%d\n", options->program->name,
                      options->program->version, ORGD_API_VERSION, PQlibVersion() / 10000, PQlibVersion() % 10000);
    return command_output(&out);
}
