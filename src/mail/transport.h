/* Hands mail to a mail server or to SendGrid. */
#ifndef ORGD_MAIL_TRANSPORT_H
#define ORGD_MAIL_TRANSPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "mail/message.h"

/* What became of a mail. */
enum delivery {
    DELIVERY_DONE,  /* the server has taken it */
    DELIVERY_LATER, /* it has not, and may take it another time */
    DELIVERY_NEVER, /* it will not take this mail */
};

struct transport;

/*
 * Keeps a connection between mails. A talloc child of `arena`; `config` and `stopping` are borrowed. Once `stopping` is
 * true, a mail that the server has not got as a whole is broken off. NULL without memory.
 */
struct transport *transport_create(void *arena, const struct config *config, const _Atomic bool *stopping);

/*
 * Delivers one mail, within SMTP_TIMEOUT. When it was not taken, `error` has a sentence that holds nothing of the mail
 * but the server's own words, without addresses in them.
 */
enum delivery transport_send(struct transport *transport, const struct mail_message *message, struct error *error);

/* The sender of all mail; NULL when mail is not configured. */
const char *transport_from(const struct config *config);

/* ERR_USAGE with a sentence when what is configured contradicts itself. */
enum err transport_check(const struct config *config, struct error *error) MUST_CHECK;

#endif
