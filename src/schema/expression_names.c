/* Finds the names in the definitions of constraints, indexes and statistics objects, by cursor. */
#include "schema/expression_names.h"

#include <string.h>

enum token_type { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_OTHER };

struct token {
    enum token_type type;
    const char *from;
    size_t len;
};

static bool is_word(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c > 0x7f;
}

const char *expression_after_quote(const char *at, const char *end)
{
    char quote = *at++;

    for (; at < end; at++) {
        if (*at != quote)
            continue;
        if (at + 1 == end || at[1] != quote)
            return at + 1;
        at++;
    }
    return NULL;
}

/* The next token. Strings are skipped; `::` is one token. */
static struct token next_token(struct expression_names *names)
{
    const char *from = names->at, *end = names->end, *at;
    struct token token = {.type = TOKEN_END};

    while (from < end && (*from == ' ' || *from == '\n' || *from == '\t'))
        from++;
    at = from;
    if (from == end) {
        names->at = end;
        return token;
    }
    if (*from == '"' || *from == '\'') {
        at = expression_after_quote(from, end);
        token.type = at && *from == '"' ? TOKEN_QUOTED : TOKEN_OTHER;
        at = at ? at : end;
    } else if (is_word((unsigned char)*from)) {
        while (at < end && is_word((unsigned char)*at))
            at++;
        token.type = TOKEN_WORD;
    } else {
        at += at + 1 < end && at[0] == ':' && at[1] == ':' ? 2 : 1;
        token.type = TOKEN_OTHER;
    }
    token.from = from;
    token.len = (size_t)(at - from);
    names->at = at;
    return token;
}

static bool is(const struct token *token, const char *text)
{
    return token->type != TOKEN_END && token->len == strlen(text) && strncmp(token->from, text, token->len) == 0;
}

static bool is_name(const struct token *token)
{
    return token->type == TOKEN_WORD || token->type == TOKEN_QUOTED;
}

/* Whether a word is a key word: PostgreSQL prints those in capitals, and quotes names with capitals. */
static bool is_plain_name(const struct token *token)
{
    for (size_t i = 0; i < token->len; i++)
        if (token->type == TOKEN_WORD && token->from[i] >= 'A' && token->from[i] <= 'Z')
            return false;
    return is_name(token) && !(token->type == TOKEN_WORD && token->from[0] >= '0' && token->from[0] <= '9');
}

static bool copy_name(struct buffer *name, const struct token *token)
{
    buffer_clear(name);
    if (token->type == TOKEN_WORD)
        buffer_add(name, token->from, token->len);
    else
        for (size_t i = 1; i + 1 < token->len; i++) {
            buffer_char(name, token->from[i]);
            i += token->from[i] == '"';
        }
    return buffer_string(name) != NULL;
}

/* Skips `.name` after a name. */
static bool skip_qualified(struct expression_names *names)
{
    bool qualified = false;

    for (;;) {
        struct expression_names ahead = *names;
        struct token dot = next_token(&ahead), name = next_token(&ahead);

        if (!is(&dot, ".") || !is_name(&name))
            return qualified;
        *names = ahead;
        qualified = true;
    }
}

/* Skips a type name, which may be qualified or have several words. */
static void skip_type(struct expression_names *names)
{
    struct token token = next_token(names);
    struct expression_names ahead;

    if (token.type == TOKEN_QUOTED || skip_qualified(names)) {
        (void)skip_qualified(names);
        return;
    }
    do {
        ahead = *names;
        token = next_token(&ahead);
        if (token.type == TOKEN_WORD && is_plain_name(&token))
            *names = ahead;
    } while (token.type == TOKEN_WORD && is_plain_name(&token));
}

struct expression_names expression_names_begin(const char *definition)
{
    struct expression_names names = {.at = definition, .end = definition + strlen(definition)}, before;
    struct token token;

    do {
        before = names;
        token = next_token(&names);
    } while (token.type != TOKEN_END && !is(&token, "("));
    if (strncmp(definition, "FOREIGN KEY ", strlen("FOREIGN KEY ")) != 0)
        return before;
    do
        token = next_token(&names);
    while (token.type != TOKEN_END && !is(&token, ")"));
    return (struct expression_names){.at = before.at, .end = names.at};
}

/* Moves to the key word outside of parentheses; `before` receives its position. */
static bool find_word(struct expression_names *names, const char *word, const char **before)
{
    unsigned depth = 0;
    struct token token;

    do {
        *before = names->at;
        token = next_token(names);
        depth += is(&token, "(");
        depth -= depth > 0 && is(&token, ")");
        if (depth == 0 && token.type == TOKEN_WORD && is(&token, word))
            return true;
    } while (token.type != TOKEN_END);
    return false;
}

struct expression_names expression_names_statistics(const char *definition)
{
    struct expression_names all = {.at = definition, .end = definition + strlen(definition)},
                            found = {.at = all.end, .end = all.end};
    const char *before;

    if (!find_word(&all, "ON", &before))
        return found;
    found.at = all.at;
    if (find_word(&all, "FROM", &before))
        found.end = before;
    return found;
}

/* Skips a following `(...)`. */
static void skip_parentheses(struct expression_names *names)
{
    struct expression_names ahead = *names;
    struct token token = next_token(&ahead);
    unsigned depth = 1;

    if (!is(&token, "("))
        return;
    while (depth > 0 && token.type != TOKEN_END) {
        token = next_token(&ahead);
        depth += is(&token, "(");
        depth -= is(&token, ")");
    }
    *names = ahead;
}

/* Skips names that are not columns: a type, a collation, the field of EXTRACT, parameters, an operator. */
static bool skip_special(struct expression_names *names, const struct token *token)
{
    if (is(token, "::") || is(token, "COLLATE")) {
        skip_type(names);
        names->after_value = true;
        return true;
    }
    if (is(token, "EXTRACT")) {
        (void)next_token(names);
        (void)next_token(names);
        return true;
    }
    if (is(token, "WITH") || is(token, "OPERATOR")) {
        skip_parentheses(names);
        return true;
    }
    return false;
}

bool expression_names_next(struct expression_names *names, struct buffer *name)
{
    for (;;) {
        struct token token = next_token(names), after;
        struct expression_names ahead = *names;
        bool is_class = names->after_value && is_plain_name(&token);

        if (token.type == TOKEN_END)
            return false;
        if (skip_special(names, &token))
            continue;
        names->after_value = is(&token, ")") || is_plain_name(&token);
        if (!is_plain_name(&token) || skip_qualified(names) || is_class)
            continue;
        after = next_token(&ahead);
        if (!is(&after, "("))
            return copy_name(name, &token);
        names->after_value = false;
    }
}

bool expression_names_table(const char *definition, struct buffer *schema, struct buffer *table)
{
    struct expression_names all = {.at = definition, .end = definition + strlen(definition)};
    const char *before;
    struct token first, dot, second;

    if (!find_word(&all, "FROM", &before))
        return false;
    first = next_token(&all);
    dot = next_token(&all);
    second = next_token(&all);
    if (!is_name(&first))
        return false;
    if (is(&dot, ".") && is_name(&second))
        return copy_name(schema, &first) && copy_name(table, &second);
    buffer_clear(schema);
    buffer_text(schema, "public");
    return copy_name(table, &first) && !schema->failed;
}
