/* Writes mail as it travels (RFC 5322, MIME). */
#ifndef ORGD_MAIL_MESSAGE_H
#define ORGD_MAIL_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/uuid.h"
#include "mail/template.h"

struct mail_message {
    struct uuid id;        /* becomes the Message-ID: the same mail sent twice is one mail */
    const char *from, *to; /* sound addresses: see mail_address_is_sound */
    int64_t date;          /* Unix seconds */
    struct mail_content content;
};

/* Whether an address can stand in a header and in SMTP: one @ with something on both sides, nothing that ends a line or
 * an address. */
bool mail_address_is_sound(const char *address);

/* An address as SMTP takes it: the domain in ASCII (RFC 5890), in `arena`. NULL when it is not sound, or without
 * memory. */
const char *mail_address(void *arena, const char *address);

/* Appends the message with CRLF line ends, in ASCII whatever the content is: multipart/alternative, text before HTML.
 */
void mail_message_write(struct buffer *out, const struct mail_message *message);

#endif
