/* Writes mail messages (RFC 5322, MIME). */
#ifndef ORGD_MAIL_MESSAGE_H
#define ORGD_MAIL_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/uuid.h"
#include "mail/template.h"

struct mail_message {
    struct uuid id;        /* becomes the Message-ID, so a mail that is sent twice can be recognized */
    const char *from, *to; /* valid addresses: see mail_address_is_sound */
    int64_t date;          /* Unix seconds */
    struct mail_content content;
};

/* Whether an address is safe in a header and in SMTP: one @ with text on both sides, no character that ends a line or
 * an address. */
bool mail_address_is_sound(const char *address);

/* An address for SMTP: the domain in ASCII (RFC 5890), in `arena`. NULL when it is not safe, or without memory. */
const char *mail_address(void *arena, const char *address);

/* Appends the message with CRLF line ends, in ASCII for any content: multipart/alternative, text before HTML. */
void mail_message_write(struct buffer *out, const struct mail_message *message);

#endif
