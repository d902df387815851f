/* Runs `orgd openapi`: prints the OpenAPI document. */
#include "commands/commands.h"
#include "http/openapi.h"
#include "routes.h"

#define DOCUMENT_MAX (4 << 20)

int openapi_run(const struct config *config, const struct options *options)
{
    struct application app = application_make(config);
    struct buffer out = buffer_make(options->arena, DOCUMENT_MAX);

    if (openapi_write(&app, &out))
        out.failed = true;
    buffer_char(&out, '\n');
    return command_output(&out);
}
