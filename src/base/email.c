/* Parses e-mail addresses. */
#include "base/email.h"

#include <ctype.h>
#include <idn2.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/text.h"
#include "base/utf8.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HOST_CHARACTERS LETTERS "0123456789-"

enum { DOMAIN_MAX = 253, LABEL_MAX = 63 };

/* Top-level domains that no mail is sent to (RFC 6761, 6762, 7686). */
static const char *const special_use[] = {"arpa", "invalid", "local", "localhost", "onion", "test"};

const char *email_domain(const char *email)
{
    const char *at = strchr(email, '@');

    return at && !strchr(at + 1, '@') ? at + 1 : NULL;
}

/* The length of the character at `at` of a local part without quotes; 0 for a character that is not allowed. */
static size_t atom_character(const char *at, const char *end, bool wide)
{
    uint32_t point = 0;
    size_t len = utf8_read(at, end, &point);

    if (len == 1)
        return point > ' ' && point < 0x7f && !strchr("<>()[]\\.,;:@\"", (int)point) ? 1 : 0;
    return wide && !utf8_deceptive(point) && !utf8_space(point) ? len : 0;
}

/* Parses such characters, separated by single dots. */
static bool is_dotted_atom(const char *at, const char *end, bool wide)
{
    bool dotted = true; /* at the beginning, or after a dot */

    while (at < end) {
        size_t len = *at == '.' ? 1 : atom_character(at, end, wide);
        if (len == 0 || (*at == '.' && dotted))
            return false;
        dotted = *at == '.';
        at += len;
    }
    return !dotted;
}

/*
 * Parses a local part in quotes. Quotes and backslashes inside are refused: they would give a mailbox several
 * spellings. A second @ is refused: the access rules could not find the domain.
 */
static bool is_quoted(const char *at, const char *end)
{
    if (end - at < 3 || *at != '"' || end[-1] != '"')
        return false;
    for (at++; at < end - 1; at++)
        if (*at < ' ' || *at > '~' || strchr("\"\\@", *at))
            return false;
    return true;
}

const char *email_fold(void *arena, const char *text)
{
    char *folded = talloc_strdup(arena, text_fold_email(arena, text));
    char *at = folded ? strrchr(folded, '@') : NULL;

    if (!at || !is_quoted(folded, at) || !is_dotted_atom(folded + 1, at - 1, false))
        return folded;
    memmove(at - 1, at, strlen(at) + 1);
    return folded + 1;
}

/* [192.0.2.1] */
static bool is_address_literal(const char *domain)
{
    const char *at = domain;

    if (*at++ != '[')
        return false;
    for (int part = 0; part < 4; part++) {
        size_t digits = strspn(at, "0123456789");
        if (digits < 1 || digits > 3)
            return false;
        at += digits;
        if (part < 3 && *at++ != '.')
            return false;
    }
    return strcmp(at, "]") == 0;
}

/* Labels of letters, digits and hyphens; the last one of at least two letters. */
static bool is_host(const char *domain)
{
    size_t labels = 0;

    for (;;) {
        size_t len = strspn(domain, HOST_CHARACTERS);
        if (len == 0 || len > LABEL_MAX)
            return false;
        labels++;
        if (domain[len] == '\0')
            break;
        if (domain[len] != '.')
            return false;
        domain += len + 1;
    }
    return labels > 1 && strlen(domain) >= 2 && strspn(domain, LETTERS) == strlen(domain);
}

static bool is_email(const char *text, bool wide)
{
    const char *at = strrchr(text, '@');

    if (!at || strlen(text) > EMAIL_MAX || at - text > EMAIL_LOCAL_MAX)
        return false;
    if (!is_quoted(text, at) && !is_dotted_atom(text, at, wide))
        return false;
    return is_host(at + 1) || is_address_literal(at + 1);
}

bool email_valid(const char *folded)
{
    return is_email(folded, false);
}

bool email_valid_known(const char *folded)
{
    return is_email(folded, true);
}

static bool is_special_use(const char *domain)
{
    const char *top = strrchr(domain, '.');

    top = top ? top + 1 : domain;
    for (size_t i = 0; i < sizeof special_use / sizeof *special_use; i++)
        if (strcasecmp(top, special_use[i]) == 0)
            return true;
    return false;
}

/* Characters that a host name cannot have; libidn2 would silently remove some of them. */
static bool is_host_text(const char *text)
{
    const char *end = text + strlen(text);
    uint32_t point = 0;
    size_t len;

    for (; text < end; text += len) {
        len = utf8_read(text, end, &point);
        if (len == 0 || (len == 1 && !strchr(HOST_CHARACTERS ".", (int)point)) || utf8_space(point) ||
            utf8_deceptive(point))
            return false;
    }
    return true;
}

const char *email_ascii_domain(void *arena, const char *domain)
{
    char *converted = NULL;
    const char *copy = NULL;

    if (!is_host_text(domain))
        return NULL;
    if (idn2_to_ascii_8z(domain, &converted, IDN2_NONTRANSITIONAL) == IDN2_OK)
        copy = text_fold_email(arena, converted);
    idn2_free(converted);
    return copy;
}

static bool has_sound_labels(const char *domain)
{
    for (const char *label = domain;; label++) {
        size_t len = strspn(label, HOST_CHARACTERS);
        if (len == 0 || len > LABEL_MAX || label[0] == '-' || label[len - 1] == '-')
            return false;
        if (label[len] == '\0')
            return len > 1 && strspn(label, "0123456789") < len;
        if (label[len] != '.')
            return false;
        label += len;
    }
}

static const char *domain_problem(void *arena, const char *domain, const char **ascii)
{
    if (strlen(domain) > DOMAIN_MAX)
        return "The part after the @-sign is too long.";
    *ascii = email_ascii_domain(arena, domain);
    if (!*ascii || !has_sound_labels(*ascii))
        return "The part after the @-sign is not a domain name.";
    if (strlen(*ascii) > DOMAIN_MAX)
        return "The part after the @-sign is too long.";
    if (is_special_use(*ascii))
        return "The part after the @-sign is a special-use or reserved name that cannot be used with email.";
    if (!strchr(*ascii, '.'))
        return "The part after the @-sign has no period.";
    return NULL;
}

const char *email_problem(void *arena, const char *text, const char **address)
{
    const char *trimmed = text_trim(arena, text);
    const char *at = trimmed ? strrchr(trimmed, '@') : NULL;
    const char *domain = NULL;
    const char *reason;

    *address = NULL;
    if (!at)
        return "An email address must have an @-sign.";
    if (at == trimmed)
        return "There must be something before the @-sign.";
    if (at[1] == '\0')
        return "There must be something after the @-sign.";
    if (at - trimmed > EMAIL_LOCAL_MAX)
        return "The part before the @-sign is too long.";
    if (!is_dotted_atom(trimmed, at, true))
        return "The part before the @-sign has characters that cannot stand there, or periods in wrong places.";
    reason = domain_problem(arena, at + 1, &domain);
    if (reason)
        return reason;
    *address = talloc_asprintf(arena, "%.*s@%s", (int)(at - trimmed), trimmed, domain);
    return *address && strlen(*address) <= EMAIL_MAX ? NULL : "The address is too long.";
}
