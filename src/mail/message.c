/* Writes mail messages (RFC 5322, MIME). */
#include "mail/message.h"

#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/base64.h"
#include "base/email.h"
#include "base/utf8.h"

enum { LINE_BYTES = 57, WORD_BYTES = 39 }; /* 76 characters of Base64; encoded words of at most 75 (RFC 2047 2) */

bool mail_address_is_sound(const char *address)
{
    const char *at = strrchr(address, '@');

    if (!at || at == address || !at[1])
        return false;
    for (; *address; address++)
        if ((unsigned char)*address <= ' ' || *address == 0x7f || strchr("<>,;:\\\"()", *address))
            return false;
    return true;
}

const char *mail_address(void *arena, const char *address)
{
    const char *at = strrchr(address, '@'), *domain;

    if (!mail_address_is_sound(address))
        return NULL;
    if (at[1] == '[')
        return talloc_strdup(arena, address);
    domain = email_ascii_domain(arena, at + 1);
    return domain ? talloc_asprintf(arena, "%.*s@%s", (int)(at - address), address, domain) : NULL;
}

/* Whether the text is printable ASCII that cannot be mistaken for an encoded word. */
static bool is_plain(const char *text)
{
    for (const char *at = text; *at; at++)
        if (*at < ' ' || *at > '~')
            return false;
    return strlen(text) <= WORD_BYTES && !strstr(text, "=?");
}

/* Writes the text of a header, in encoded words where needed; no character is split. */
static void write_words(struct buffer *out, const char *text)
{
    const char *end = text + strlen(text);

    if (is_plain(text)) {
        buffer_text(out, text);
        return;
    }
    while (text < end) {
        const char *at = text;
        uint32_t point;

        while (at < end) {
            size_t len = utf8_read(at, end, &point);

            len = len ? len : 1;
            if (at + len > text + WORD_BYTES)
                break;
            at += len;
        }
        buffer_text(out, "=?UTF-8?B?");
        base64_write(out, BASE64, text, (size_t)(at - text));
        buffer_text(out, at < end ? "?=\r\n " : "?=");
        text = at;
    }
}

static void write_part(struct buffer *out, const char *boundary, const char *type, const char *content)
{
    size_t len = strlen(content);

    buffer_format(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", boundary,
                  type);
    for (size_t at = 0; at < len; at += LINE_BYTES) {
        base64_write(out, BASE64, content + at, len - at < LINE_BYTES ? len - at : LINE_BYTES);
        buffer_text(out, "\r\n");
    }
}

/* Writes the date without strftime, which depends on the locale. */
static void write_date(struct buffer *out, int64_t date)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)date;
    struct tm parts = {0};

    (void)gmtime_r(&seconds, &parts);
    buffer_format(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[parts.tm_wday], parts.tm_mday,
                  months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

void mail_message_write(struct buffer *out, const struct mail_message *message)
{
    char id[UUID_TEXT_SIZE];

    (void)uuid_format(&message->id, id);
    write_date(out, message->date);
    buffer_format(out, "From: %s\r\nTo: %s\r\nSubject: ", message->from, message->to);
    write_words(out, message->content.subject);
    buffer_format(out, "\r\nMessage-ID: <%s@%s>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n", id,
                  strrchr(message->from, '@') + 1);
    buffer_format(out, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n", id);
    write_part(out, id, "text/plain", message->content.text);
    write_part(out, id, "text/html", message->content.html);
    buffer_format(out, "--%s--\r\n", id);
}
