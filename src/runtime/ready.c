/* Formats the ready line. */
#include "runtime/ready.h"

#include <string.h>

void ready_line(const struct config *config, const char *address, const char *databases, const char *access,
                bool waiting, struct buffer *out)
{
    buffer_format(out, "orgd %s %s: http://%s, %s edition, %s, %s\n", ORGD_VERSION,
                  waiting ? "is listening and waits for its databases" : "is ready", address,
                  config_is_enterprise(config) ? "enterprise (preview: roles are not enforced)" : "open-source",
                  databases, access);
}
