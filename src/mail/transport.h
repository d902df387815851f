/* Delivers mail to a mail server or to SendGrid. */
#ifndef ORGD_MAIL_TRANSPORT_H
#define ORGD_MAIL_TRANSPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "mail/message.h"

/* The outcome of a delivery. */
enum delivery {
    DELIVERY_DONE,  /* the server accepted the mail */
    DELIVERY_LATER, /* temporary failure: try again later */
    DELIVERY_NEVER, /* permanent failure: the server will never accept it */
};

struct transport;

/*
 * Creates a transport, which keeps a connection between mails, as a talloc child of `arena`. `config` and `stopping`
 * are borrowed. Once `stopping` is true, a mail that was not transferred completely is cancelled. NULL without memory.
 */
struct transport *transport_create(void *arena, const struct config *config, const _Atomic bool *stopping);

/*
 * Delivers one mail within SMTP_TIMEOUT. On failure, `error` has a sentence with the server's reply, without addresses
 * and without content of the mail.
 */
enum delivery transport_send(struct transport *transport, const struct mail_message *message, struct error *error);

/* The sender of all mail; NULL when mail is not configured. */
const char *transport_from(const struct config *config);

/* ERR_USAGE with a sentence when the configuration of mail contradicts itself. */
enum err transport_check(const struct config *config, struct error *error) MUST_CHECK;

#endif
