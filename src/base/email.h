/* E-mail addresses: how they are written, and how they are compared. */
#ifndef ORGD_BASE_EMAIL_H
#define ORGD_BASE_EMAIL_H

#include <stdbool.h>

enum {
    EMAIL_MAX = 254,      /* bytes of an address (RFC 5321 4.5.3.1.3, without the angle brackets) */
    EMAIL_LOCAL_MAX = 64, /* bytes before the @ (4.5.3.1.1) */
};

/*
 * An address as it is stored and compared: trimmed, ASCII letters in lower case, and without quotes around a local part
 * that needs none, so that one mailbox has one spelling. No other letters, some of which have ASCII ones in lower case
 * (U+212A, U+0130): statements compare by lower(email COLLATE "C"). In `arena`; NULL for NULL or without memory.
 */
const char *email_fold(void *arena, const char *text);

/*
 * Whether a folded text is an address that an account may be made for: the browser interface's pattern in ASCII,
 * within the limits. Other scripts are refused, because they have letters that look like these.
 */
bool email_valid(const char *folded);

/* The same for an address that may have an account already: letters of other scripts may stand before the @. */
bool email_valid_known(const char *folded);

/*
 * The strict syntax of interfaces with declared bodies: NULL when `text` is an address of the public mail system,
 * otherwise the reason as one sentence. `*address` is then the address with its domain in lower case and ASCII (RFC
 * 5890), in `arena`.
 */
const char *email_problem(void *arena, const char *text, const char **address);

/* What follows the @, within `email`; NULL unless there is exactly one. */
const char *email_domain(const char *email);

/* A domain in lower case and ASCII (RFC 5890), in `arena`; NULL when it is none, or without memory. */
const char *email_ascii_domain(void *arena, const char *domain);

#endif
