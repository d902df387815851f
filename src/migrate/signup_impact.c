/* Describes the effect of the access variables on the users of a database. */
#include "migrate/signup_impact.h"
#include "migrate/statements.h"

#include <inttypes.h>

enum { SHOWN = 5 };

const char *signup_variable_name(enum signup_variable variable)
{
    static const char *const names[SIGNUP_VARIABLES] = {
        [SIGNUP_OWNERS] = "AGENTA_ACCESS_ALLOWED_OWNER_EMAILS",
        [SIGNUP_DOMAINS] = "AGENTA_ACCESS_ALLOWED_DOMAINS",
        [SIGNUP_BLOCKED_DOMAINS] = "AGENTA_ACCESS_BLOCKED_DOMAINS",
        [SIGNUP_BLOCKED_EMAILS] = "AGENTA_ACCESS_BLOCKED_EMAILS",
    };
    return names[variable];
}

static enum err read_list(struct db *db, void *arena, const struct statement *statement, struct result *list)
{
    enum err err = db_run(db, statement, NULL, 0, list);

    if (!err && !result_keep(list, arena))
        return ERR_MEMORY;
    return err;
}

enum err signup_impact_read(struct db *db, void *arena, struct signup_impact *impact)
{
    struct result users;

    TRY(DB_RUN(db, signup_users, &users));
    impact->users = result_int(&users, 0, SIGNUP_USERS_USERS);
    result_clear(&users);
    TRY(read_list(db, arena, &signup_domains, &impact->domains));
    TRY(read_list(db, arena, &signup_owners, &impact->owners));
    return read_list(db, arena, &signup_inactive, &impact->inactive);
}

/* Writes "a, b and 3 more"; with the numbers of a second column, if there is one. */
static void write_some(const struct result *list, int first, const char *between, struct buffer *out)
{
    int rows = result_rows(list);

    for (int row = first; row < rows && row < first + SHOWN; row++) {
        buffer_format(out, "%s%s", row > first ? between : "", result_text(list, row, SIGNUP_TEXT));
        if (PQnfields(list->pg) > 1)
            buffer_format(out, " %s", result_text(list, row, SIGNUP_NUMBER));
    }
    if (rows > first + SHOWN)
        buffer_format(out, " and %d more", rows - first - SHOWN);
}

static void owners_effect(const struct signup_impact *impact, struct buffer *out)
{
    buffer_format(out, "only the addresses in it may own organizations; the owners now are ");
    write_some(&impact->owners, 0, ", ", out);
    if (result_rows(&impact->owners) == 0)
        buffer_text(out, "none");
    buffer_format(out, "; without it each of the %" PRId64 " users, and everybody who signs up, may create some",
                  impact->users);
}

/* The effect of allowing only the most frequent domain. */
static void domains_effect(const struct signup_impact *impact, struct buffer *out)
{
    bool any = result_rows(&impact->domains) > 0;
    int64_t in = any ? result_int(&impact->domains, 0, SIGNUP_DOMAINS_USERS) : 0;

    buffer_format(out,
                  "only addresses of the domains in it may sign up and sign in; set to %s it lets in %" PRId64
                  " of the %" PRId64 " users",
                  any ? result_text(&impact->domains, 0, SIGNUP_DOMAINS_DOMAIN) : "a domain", in, impact->users);
    if (in < impact->users) {
        buffer_format(out, " and shuts out %" PRId64 " (", impact->users - in);
        write_some(&impact->domains, 1, ", ", out);
        buffer_char(out, ')');
    }
}

static void blocked_domains_effect(const struct signup_impact *impact, struct buffer *out)
{
    buffer_format(out,
                  "addresses of the domains in it may neither sign up nor sign in; of the %" PRId64 " users it would"
                  " shut out, by domain: ",
                  impact->users);
    write_some(&impact->domains, 0, ", ", out);
}

static void blocked_emails_effect(const struct signup_impact *impact, struct buffer *out)
{
    int count = result_rows(&impact->inactive);

    buffer_format(out,
                  "the addresses in it may neither sign up nor sign in; of the %" PRId64 " users %d are not active%s",
                  impact->users, count, count > 0 ? ": " : "");
    write_some(&impact->inactive, 0, ", ", out);
}

void signup_impact_describe(const struct signup_impact *impact, enum signup_variable variable, struct buffer *out)
{
    static void (*const effects[SIGNUP_VARIABLES])(const struct signup_impact *, struct buffer *) = {
        [SIGNUP_OWNERS] = owners_effect,
        [SIGNUP_DOMAINS] = domains_effect,
        [SIGNUP_BLOCKED_DOMAINS] = blocked_domains_effect,
        [SIGNUP_BLOCKED_EMAILS] = blocked_emails_effect,
    };

    effects[variable](impact, out);
}
