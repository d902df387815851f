/* Words the ready line. */
#include "instance/ready.h"

#include <string.h>

enum { DOMAINS_SHOWN = 3 };

/* "a.io, b.io and 4 more" */
static void write_list(const struct config_list *list, struct buffer *out)
{
    for (size_t i = 0; i < list->count && i < DOMAINS_SHOWN; i++)
        buffer_format(out, "%s%s", i == 0 ? "" : ", ", list->items[i]);
    if (list->count > DOMAINS_SHOWN)
        buffer_format(out, " and %zu more", list->count - DOMAINS_SHOWN);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "es";
}

/* Addresses are people's data: only their number is told. */
void ready_posture(const struct config *config, struct buffer *out)
{
    if (config->allowed_domains.count > 0) {
        buffer_text(out, "sign-up for addresses of ");
        write_list(&config->allowed_domains, out);
    } else {
        buffer_text(out, "sign-up open to everybody");
        if (config->blocked_domains.count > 0) {
            buffer_text(out, " but addresses of ");
            write_list(&config->blocked_domains, out);
        }
    }
    if (config->blocked_emails.count > 0)
        buffer_format(out, " (%zu address%s blocked)", config->blocked_emails.count,
                      plural(config->blocked_emails.count));
    if (config->email_disabled)
        buffer_text(out, ", not by e-mail");
    if (config->allowed_owners.count > 0)
        buffer_format(out, ", organizations only for %zu listed address%s", config->allowed_owners.count,
                      plural(config->allowed_owners.count));
    else
        buffer_text(out, ", everybody may own organizations");
}

void ready_line(const struct config *config, const char *address, const char *databases, bool waiting,
                struct buffer *out)
{
    buffer_format(out, "orgd %s %s: http://%s, %s edition, %s, ", ORGD_VERSION,
                  waiting ? "is listening and waits for its databases" : "is ready", address,
                  config->license && strcmp(config->license, "ee") == 0 ? "enterprise" : "open-source", databases);
    ready_posture(config, out);
    buffer_char(out, '\n');
}
