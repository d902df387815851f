/* Runs `orgd mail test`. */
#include "commands/mail.h"

#include <jansson.h>

#include "base/platform.h"
#include "mail/outbox.h"
#include "mail/transport.h"
#include "outbound/fetch.h"

#define OUTPUT_MAX 4096

static enum err check(const struct config *config, struct error *error)
{
    if (transport_check(config, error))
        return error->code;
    if (!mail_enabled(config))
        return error_set(error, ERR_USAGE,
                         "no mail is configured: set SMTP_HOST, SMTP_PORT and SMTP_FROM_EMAIL, or SENDGRID_API_KEY and "
                         "SENDGRID_FROM_EMAIL");
    return fetch_start(error);
}

static enum err write_message(void *arena, const struct config *config, const char *recipient,
                              struct mail_message *message, struct error *error)
{
    json_t *fields = json_pack("{s:o}", "site", outbox_site(config));
    enum err err = fields ? mail_render(arena, "test", fields, &message->content) : ERR_MEMORY;

    json_decref(fields);
    if (err)
        return error_set(error, err, "the mail cannot be written");
    message->id = uuid_v7();
    message->date = platform.realtime_us() / 1000000;
    message->from = mail_address(arena, transport_from(config));
    message->to = mail_address(arena, recipient);
    if (!message->from || !message->to)
        return error_set(error, ERR_USAGE, "%.254s is not an address that mail can be sent to",
                         message->from ? recipient : transport_from(config));
    return OK;
}

int mail_test_run(const struct config *config, const struct options *options)
{
    static const _Atomic bool stopping = false;
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct mail_message message;
    struct transport *transport;
    struct error error = {0};
    enum delivery delivery;
    enum err err = check(config, &error);

    if (!err)
        err = write_message(options->arena, config, options->arguments[0], &message, &error);
    transport = !err ? transport_create(options->arena, config, &stopping) : NULL;
    if (!err && !transport)
        err = error_set(&error, ERR_MEMORY, "no memory");
    if (err)
        return command_failed(&error);
    delivery = transport_send(transport, &message, &error);
    if (delivery != DELIVERY_DONE) {
        int status = command_failed(&error);

        return delivery == DELIVERY_NEVER ? STATUS_NO : status;
    }
    buffer_format(&out, "The mail for %s was accepted.\n", message.to);
    return command_output(&out);
}
