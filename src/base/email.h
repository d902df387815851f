/* E-mail addresses: syntax, and the form in which they are compared. */
#ifndef ORGD_BASE_EMAIL_H
#define ORGD_BASE_EMAIL_H

#include <stdbool.h>

enum {
    EMAIL_MAX = 254,      /* bytes of an address (RFC 5321 4.5.3.1.3, without the angle brackets) */
    EMAIL_LOCAL_MAX = 64, /* bytes before the @ (4.5.3.1.1) */
};

/*
 * The form in which addresses are stored and compared: trimmed, ASCII letters in lower case, and without unnecessary
 * quotes around the local part, so that each mailbox has one spelling. Other letters stay: some of them (U+212A,
 * U+0130) become ASCII in lower case. Statements compare by lower(email COLLATE "C"). In `arena`; NULL for NULL or
 * without memory.
 */
const char *email_fold(void *arena, const char *text);

/*
 * Whether a folded text is an address that an account may be made for: the browser interface's pattern in ASCII,
 * within the limits. Other scripts are refused, because they have letters that look like these.
 */
bool email_valid(const char *folded);

/* The same for an address that may have an account already: the local part may have letters of other scripts. */
bool email_valid_known(const char *folded);

/*
 * Checks the strict syntax for validated request bodies. Returns NULL for an address of the public mail system, and
 * stores it in `*address`, in `arena`, with its domain in lower case and ASCII (RFC 5890). Otherwise returns the reason
 * as one sentence.
 */
const char *email_problem(void *arena, const char *text, const char **address);

/* The domain within `email`; NULL unless it has exactly one @. */
const char *email_domain(const char *email);

/* The domain in lower case and ASCII (RFC 5890), in `arena`; NULL for a malformed domain, or without memory. */
const char *email_ascii_domain(void *arena, const char *domain);

#endif
