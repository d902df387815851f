/* The table of variables, and the rules for a value. */
#include "config/config_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/utf8.h"

#define TEXT_MAX 8192 /* bytes of a text or secret */
#define SHOWN_MAX 80  /* bytes of a refused value that the sentence repeats */

/* A row without name opens a section. */
const struct config_row config_rows[] = {
#define SETTING(member, type, name, aliases, initial, help)                                                            \
    {CONFIG_##type, offsetof(struct config, member), NULL, name, aliases, initial, help},
#define SECTION(title) {.section = title},
#include "config/config.def"
#undef SETTING
};
const size_t config_row_count = sizeof config_rows / sizeof *config_rows;

const struct config_unused config_unused[] = {
#define UNUSED(name, reason) {name, reason},
#include "config/config_unused.def"
#undef UNUSED
};
const size_t config_unused_count = sizeof config_unused / sizeof *config_unused;

/* Copies word number `index`; false when there are fewer words, or it does not fit. */
static bool word_at(const char *words, size_t index, char word[CONFIG_NAME_MAX])
{
    size_t len;

    for (;; index--) {
        words += strspn(words, " ");
        len = strcspn(words, " ");
        if (len == 0 || index == 0)
            break;
        words += len;
    }
    if (len == 0 || len >= CONFIG_NAME_MAX)
        return false;
    memcpy(word, words, len);
    word[len] = '\0';
    return true;
}

bool config_row_name(const struct config_row *row, size_t index, char name[CONFIG_NAME_MAX])
{
    return index == 0 ? word_at(row->name, 0, name) : word_at(row->aliases, index - 1, name);
}

const struct config_row *config_row_find(const char *name)
{
    char known[CONFIG_NAME_MAX];

    for (size_t i = 0; i < config_row_count; i++) {
        for (size_t j = 0; config_rows[i].name && config_row_name(&config_rows[i], j, known); j++) {
            if (strcmp(known, name) == 0)
                return &config_rows[i];
        }
    }
    return NULL;
}

static const char *rule_of(const struct config_row *row)
{
    const char *bar = strchr(row->help, '|');

    return bar ? bar + 1 : "";
}

/* Sets the error: which value is refused, unless it is a secret, and why. */
static enum err refuse(const struct config_row *row, const char *subject, const char *value, const char *why,
                       struct error *error)
{
    void *arena = talloc_new(NULL);
    struct buffer shown = buffer_make(arena, 1024);
    const char *text;

    if (row->type != CONFIG_SECRET) {
        buffer_text(&shown, " is \"");
        utf8_show(&shown, value, SHOWN_MAX);
        buffer_text(&shown, "\", which");
    }
    text = row->type == CONFIG_SECRET ? NULL : buffer_string(&shown);
    (void)error_set(error, ERR_USAGE, "%s%s is not %s.", subject, text ? text : "", why);
    (void)talloc_free(arena);
    return ERR_USAGE;
}

static bool is_one_of(const char *value, const char *words)
{
    char word[CONFIG_NAME_MAX];

    for (size_t i = 0; word_at(words, i, word); i++) {
        if (strcasecmp(word, value) == 0)
            return true;
    }
    return false;
}

/* A copy without white space at both ends, in lower case (ASCII) if asked; NULL without memory. */
static char *trimmed(void *arena, const char *from, const char *end, bool lower)
{
    const char *last = from; /* end of the last character other than white space */
    char *copy;

    for (const char *at = from; at < end;) {
        uint32_t point = 0;
        size_t bytes = utf8_read(at, end, &point);
        bool space = bytes > 0 && utf8_space(point);

        at += bytes ? bytes : 1;
        if (!space)
            last = at;
        else if (last == from)
            from = last = at;
    }
    copy = talloc_strndup(arena, from, (size_t)(last - from));
    for (char *c = copy; lower && copy && *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
    return copy;
}

/* Whether the whole text is a port, 0 to 65535. */
static bool is_port(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len <= 5 && strspn(text, "0123456789") == len && strtol(text, NULL, 10) <= 65535;
}

/* Whether the text is a host (name, IPv4 address, or IPv6 address in brackets), perhaps with a port. */
static bool is_host(const char *text, size_t len, bool needs_port)
{
    char host[TEXT_MAX + 1];
    char *colon;
    char *bracket;

    if (len == 0 || len > TEXT_MAX)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    bracket = strrchr(host, ']');
    colon = strrchr(bracket ? bracket : host, ':');
    if (colon ? !is_port(colon + 1) : needs_port)
        return false;
    if (colon)
        *colon = '\0';
    if (host[0] == '[') {
        if (!bracket || bracket[1] || bracket == host + 1)
            return false;
        *bracket = '\0';
        return host[1 + strspn(host + 1, "0123456789abcdefABCDEF:.")] == '\0';
    }
    return host[0] && !host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")];
}

static bool is_url(const char *value)
{
    const char *host = strncmp(value, "http://", 7) == 0    ? value + 7
                       : strncmp(value, "https://", 8) == 0 ? value + 8
                                                            : NULL;

    return host && is_host(host, strcspn(host, "/"), false) && !strpbrk(host, " ?#\\\"<>");
}

static bool is_database(const char *value)
{
    static const char *const schemes[] = {"postgresql://", "postgres://", "postgresql+asyncpg://"};

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strncmp(value, schemes[i], strlen(schemes[i])) == 0)
            return value[strlen(schemes[i])] != '\0';
    }
    return false;
}

static bool is_address(const char *value)
{
    return is_host(value, strlen(value), true);
}

/* A rule with a name in capitals. */
struct kind {
    const char *word;
    bool (*is)(const char *value);
    const char *wanted;
};

static const struct kind *kind_of(const char *word)
{
    static const struct kind kinds[] = {
        {"URL", is_url, "an address like https://accounts.example.com (http or https, host, perhaps port and path)"},
        {"ADDRESS", is_address, "an address and port like 127.0.0.1:8000 or [::1]:8000"},
        {"DATABASE", is_database, "a connection URI like postgresql://user:password@host:5432/database"},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].word, word) == 0)
            return &kinds[i];
    }
    return NULL;
}

/* The requirement that the value breaks, as the end of a sentence; NULL for a valid value. */
static const char *broken_rule(void *arena, const char *rule, const char *value)
{
    char word[CONFIG_NAME_MAX];
    struct buffer text = buffer_make(arena, 1024);

    for (size_t i = 0; word_at(rule, i, word); i++) {
        const struct kind *kind = kind_of(word);

        if (kind ? kind->is(value) : strcmp(value, word) == 0)
            return NULL;
        if (i > 0)
            buffer_text(&text, " or ");
        buffer_text(&text, kind ? kind->wanted : word);
    }
    return text.len > 0 ? buffer_string(&text) : NULL;
}

static enum err set_text(void *arena, const struct config_row *row, const char **member, const char *subject,
                         const char *value, struct error *error)
{
    const char *end = value + strlen(value);
    const char *broken;
    uint32_t point = 0;
    char *copy;

    if (*value == '\0') {
        *member = NULL;
        return OK;
    }
    if (end - value > TEXT_MAX)
        return error_set(error, ERR_USAGE, "%s is longer than %d bytes.", subject, TEXT_MAX);
    for (const char *at = value; at < end;) {
        size_t bytes = utf8_read(at, end, &point);
        if (bytes == 0)
            return refuse(row, subject, value, "valid UTF-8", error);
        if (utf8_deceptive(point))
            return refuse(row, subject, value, "free of control characters", error);
        at += bytes;
    }
    broken = broken_rule(arena, rule_of(row), value);
    if (broken)
        return refuse(row, subject, value, broken, error);
    copy = talloc_strdup(arena, value);
    if (!copy)
        return error_set(error, ERR_MEMORY, "There is no memory for the configuration.");
    /* After these comes a slash. */
    for (size_t len = strlen(copy); strncmp(rule_of(row), "URL", 3) == 0 && len > 0 && copy[len - 1] == '/'; len--)
        copy[len - 1] = '\0';
    *member = copy;
    return OK;
}

static enum err set_flag(const struct config_row *row, bool *member, const char *subject, const char *value,
                         struct error *error)
{
    if (is_one_of(value, "true 1 t y yes on enable enabled"))
        *member = true;
    else if (is_one_of(value, "false 0 f n no off disable disabled"))
        *member = false;
    else
        return refuse(row, subject, value,
                      "true (true 1 t y yes on enable enabled) or false (false 0 f n no off disable disabled)", error);
    return OK;
}

static enum err set_number(const struct config_row *row, int64_t *member, const char *subject, const char *value,
                           struct error *error)
{
    const char *rule = rule_of(row);
    const char *digits = *value == '-' ? value + 1 : value;
    char *end = NULL;
    long long least = strtoll(rule, &end, 10);
    long long most = strtoll(end + strspn(end, "."), NULL, 10);
    long long number;
    char why[80];

    errno = 0;
    number = strtoll(value, NULL, 10);
    if (*digits && !digits[strspn(digits, "0123456789")] && errno == 0 && number >= least && number <= most) {
        *member = number;
        return OK;
    }
    (void)snprintf(why, sizeof why, "a whole number from %lld to %lld", least, most);
    return refuse(row, subject, value, why, error);
}

static enum err set_list(void *arena, const struct config_row *row, struct config_list *member, const char *subject,
                         const char *value, struct error *error)
{
    const char **items;
    size_t most = 1;
    size_t count = 0;
    uint32_t point = 0;

    for (const char *at = value, *end = value + strlen(value); at < end;) {
        size_t bytes = utf8_read(at, end, &point);

        if (bytes == 0)
            return refuse(row, subject, value, "valid UTF-8", error);
        most += *at == ',';
        at += bytes;
    }
    items = talloc_size(arena, most * sizeof *items);
    for (const char *at = value;; at++) {
        const char *end = at + strcspn(at, ",");
        char *item = trimmed(arena, at, end, true);

        if (!items || !item)
            return error_set(error, ERR_MEMORY, "There is no memory for the configuration.");
        items[count] = item;
        count += *item != '\0';
        at = end;
        if (*at == '\0')
            break;
    }
    *member = (struct config_list){items, count};
    return OK;
}

enum err config_row_set(void *arena, const struct config_row *row, struct config *config, const char *subject,
                        const char *value, struct error *error)
{
    void *member = (char *)config + row->offset;
    const char *bare;

    switch (row->type) {
    case CONFIG_TEXT:
    case CONFIG_SECRET:
        return set_text(arena, row, member, subject, value, error);
    case CONFIG_LIST:
        return set_list(arena, row, member, subject, value, error);
    case CONFIG_FLAG:
    case CONFIG_NUMBER:
        break;
    }
    bare = trimmed(arena, value, value + strlen(value), false);
    if (!bare)
        return error_set(error, ERR_MEMORY, "There is no memory for the configuration.");
    return row->type == CONFIG_FLAG ? set_flag(row, member, subject, bare, error)
                                    : set_number(row, member, subject, bare, error);
}
