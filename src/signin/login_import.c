/* Reads the logins of another server and imports them. */
#include "signin/login_import.h"

#include <stdint.h>
#include <string.h>
#include <talloc.h>

#include "auth/password_hash.h"
#include "base/email.h"
#include "signin/statements.h"

static const struct {
    const char *name, *text;
} outcomes[IMPORT_OUTCOMES] = {
    [IMPORT_TAKEN] = {"taken", "imported"},
    [IMPORT_KNOWN] = {"known", "here already"},
    [IMPORT_REFRESHED] = {"refreshed", "here already; the password was updated from the other server"},
    [IMPORT_CONFLICT] = {"conflict", "not imported: another login here has its id, address or subject"},
    [IMPORT_NO_HASH] = {"no_hash", "imported without its password, whose hash is not supported: reset it"},
    [IMPORT_UNUSABLE] = {"unusable", "not imported: its id is not a UUID, or its address cannot sign in"},
    [IMPORT_HOMELESS] = {"without_account", "address without an account: the first sign-in creates it"},
    [IMPORT_MIXED] = {"mixed_case", "account whose address is not in lower case: sign-in finds it nevertheless"},
    [IMPORT_AMBIGUOUS] = {"ambiguous", "several accounts differ only in the case of their address: the oldest is used"},
};

const char *import_outcome_name(enum import_outcome outcome)
{
    return outcomes[outcome].name;
}

const char *import_outcome_text(enum import_outcome outcome)
{
    return outcomes[outcome].text;
}

/* ---- reading ---- */

/* The rows are read as JSON, so that a missing column is NULL. READ_JOINED: milliseconds since 1970. */
enum { READ_ID, READ_ADDRESS, READ_PROVIDER, READ_SUBJECT, READ_HASH, READ_JOINED };
#define READ(table, mapping)                                                                                           \
    "DECLARE logins NO SCROLL CURSOR FOR SELECT coalesce(mapped.id, login ->> 'user_id'), login ->> 'email', "         \
    "login ->> 'third_party_id', login ->> 'third_party_user_id', login ->> 'password_hash', "                         \
    "login ->> 'time_joined' FROM (SELECT to_jsonb(source) AS login FROM " table                                       \
    " AS source) AS read LEFT JOIN (" mapping ") AS mapped ON mapped.of = login ->> 'user_id' "                        \
    "WHERE coalesce(login ->> 'app_id', 'public') = 'public'"
#define NO_MAPPING "SELECT NULL::text AS of, NULL::text AS id WHERE false"
#define MAPPING                                                                                                        \
    "SELECT to_jsonb(source) ->> 'supertokens_user_id' AS of, to_jsonb(source) ->> 'external_user_id' AS id "          \
    "FROM userid_mapping AS source WHERE coalesce(to_jsonb(source) ->> 'app_id', 'public') = 'public'"

/* A table of logins; `place` is its column in the result of `look`. */
static const struct table {
    const char *method;
    int place;
    const char *read, *read_mapped;
} tables[] = {
    {"emailpassword", 0, READ("emailpassword_users", NO_MAPPING), READ("emailpassword_users", MAPPING)},
    {"passwordless", 1, READ("passwordless_users", NO_MAPPING), READ("passwordless_users", MAPPING)},
    {"thirdparty", 2, READ("thirdparty_users", NO_MAPPING), READ("thirdparty_users", MAPPING)},
};
enum { TABLES = sizeof tables / sizeof *tables };

static const char look[] =
    "SELECT to_regclass('emailpassword_users') IS NOT NULL, "
    "to_regclass('passwordless_users') IS NOT NULL, to_regclass('thirdparty_users') IS NOT NULL, "
    "to_regclass('userid_mapping') IS NOT NULL";

struct importing {
    void *arena;
    struct db *source, *core;
    struct import_report *report;
    struct import_note *notes;
};

struct found {
    const char *method;
    struct uuid id;
    const char *email, *provider, *subject, *hash;
    int64_t joined_ms;
};

static enum err note(struct importing *importing, enum import_outcome outcome, const char *method, const char *email)
{
    struct import_report *report = importing->report;

    report->counts[outcome]++;
    if (outcome <= IMPORT_REFRESHED || report->note_count == IMPORT_NOTES_MAX)
        return OK;
    if (!importing->notes)
        importing->notes = talloc_array(importing->arena, struct import_note, IMPORT_NOTES_MAX);
    if (!importing->notes)
        return ERR_MEMORY;
    report->notes = importing->notes;
    importing->notes[report->note_count++] =
        (struct import_note){outcome, method, email ? talloc_strdup(importing->notes, email) : NULL};
    return OK;
}

/* ---- importing ---- */

static enum err compare(struct importing *importing, const struct found *found, enum import_outcome *outcome)
{
    struct result row;

    TRY(DB_RUN(importing->core, import_compare, &row, param_uuid(&found->id), param_text(found->method),
               param_text(found->email), param_text(found->provider), param_text(found->subject),
               param_text(found->hash)));
    *outcome = IMPORT_CONFLICT;
    if (result_rows(&row) > 0 && result_bool(&row, 0, IMPORT_COMPARE_SAME))
        *outcome = result_bool(&row, 0, IMPORT_COMPARE_STALE) ? IMPORT_REFRESHED : IMPORT_KNOWN;
    result_clear(&row);
    if (*outcome != IMPORT_REFRESHED)
        return OK;
    return DB_RUN(importing->core, import_refresh, NULL, param_uuid(&found->id), param_text(found->hash));
}

static enum err take(struct importing *importing, struct found *found)
{
    bool no_hash = strcmp(found->method, "emailpassword") == 0 && (!found->hash || !password_hash_known(found->hash));
    enum import_outcome outcome = no_hash ? IMPORT_NO_HASH : IMPORT_TAKEN;
    struct result row;
    bool added;

    if (no_hash)
        found->hash = NULL;
    TRY(DB_RUN(importing->core, import_login, &row, param_uuid(&found->id), param_text(found->method),
               param_text(found->email), param_text(found->provider), param_text(found->subject),
               param_text(found->hash), param_int(found->joined_ms)));
    added = result_rows(&row) > 0;
    result_clear(&row);
    if (!added)
        TRY(compare(importing, found, &outcome));
    return note(importing, outcome, found->method, found->email);
}

/* Digits as the other server wrote them; 0 for any other text. */
static int64_t read_ms(const char *text)
{
    int64_t number = 0;

    for (; text && *text; text++) {
        if (*text < '0' || *text > '9' || number > INT64_MAX / 100)
            return 0;
        number = number * 10 + (*text - '0');
    }
    return number;
}

static enum err take_row(struct importing *importing, const char *method, struct result *rows, int row, void *scratch)
{
    const char *id = result_text(rows, row, READ_ID);
    bool third = strcmp(method, "thirdparty") == 0;
    struct found found = {.method = method,
                          .email = email_fold(scratch, result_text(rows, row, READ_ADDRESS)),
                          .provider = third ? result_text(rows, row, READ_PROVIDER) : NULL,
                          .subject = third ? result_text(rows, row, READ_SUBJECT) : NULL,
                          .hash = strcmp(method, "emailpassword") == 0 ? result_text(rows, row, READ_HASH) : NULL,
                          .joined_ms = read_ms(result_text(rows, row, READ_JOINED))};

    if (!id || !uuid_parse(id, &found.id) || !found.email || !email_valid_known(found.email) ||
        (third && (!found.provider || !found.subject)))
        return note(importing, IMPORT_UNUSABLE, method, found.email ? found.email : id);
    return take(importing, &found);
}

/* Reads all rows of the open cursor. */
static enum err take_rows(struct importing *importing, const char *method)
{
    int count = 1;
    enum err err = OK;

    while (!err && count > 0) {
        void *scratch = talloc_new(importing->arena);
        struct result rows = {NULL};

        err = scratch ? db_script(importing->source, "FETCH 500 FROM logins", &rows) : ERR_MEMORY;
        count = err ? 0 : result_rows(&rows);
        for (int row = 0; !err && row < count; row++)
            err = take_row(importing, method, &rows, row, scratch);
        result_clear(&rows);
        (void)talloc_free(scratch);
    }
    return err ? err : db_script(importing->source, "CLOSE logins", NULL);
}

static enum err take_tables(struct importing *importing, struct error *error)
{
    struct result there;
    bool has[TABLES], mapped;
    size_t count = 0;

    TRY(db_script(importing->source, look, &there));
    for (size_t i = 0; i < TABLES; i++)
        count += has[i] = result_bool(&there, 0, tables[i].place);
    mapped = result_bool(&there, 0, TABLES);
    result_clear(&there);
    if (count == 0)
        return error_set(error, ERR_REFUSED,
                         "the database has no logins: there is no table emailpassword_users, passwordless_users or "
                         "thirdparty_users; name the login database of the other server");
    for (size_t i = 0; i < TABLES; i++) {
        if (!has[i])
            continue;
        TRY(db_script(importing->source, mapped ? tables[i].read_mapped : tables[i].read, NULL));
        TRY(take_rows(importing, tables[i].method));
    }
    return OK;
}

/* ---- findings about accounts ---- */

static enum err note_addresses(struct importing *importing)
{
    struct result rows;
    enum err err = OK;

    TRY(DB_RUN(importing->core, import_homeless, &rows));
    for (int row = 0; !err && row < result_rows(&rows); row++)
        err = note(importing, IMPORT_HOMELESS, NULL, result_text(&rows, row, IMPORT_HOMELESS_EMAIL));
    result_clear(&rows);
    if (err)
        return err;
    TRY(DB_RUN(importing->core, import_mixed, &rows));
    for (int row = 0; !err && row < result_rows(&rows); row++)
        err = note(importing, result_bool(&rows, row, IMPORT_MIXED_AMBIGUOUS) ? IMPORT_AMBIGUOUS : IMPORT_MIXED, NULL,
                   result_text(&rows, row, IMPORT_MIXED_EMAIL));
    result_clear(&rows);
    return err;
}

static enum err take_all(struct importing *importing, struct error *error)
{
    TRY(db_script(importing->source, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL));
    TRY(db_begin(importing->core));
    TRY(take_tables(importing, error));
    TRY(DB_RUN(importing->core, import_settled, NULL));
    return note_addresses(importing);
}

enum err import_logins(void *arena, struct db *source, struct db *core, bool dry_run, struct import_report *report,
                       struct error *error)
{
    struct importing importing = {.arena = arena, .source = source, .core = core, .report = report};
    enum err err;

    *report = (struct import_report){0};
    *error = (struct error){0};
    err = take_all(&importing, error);
    if (!err && !dry_run)
        err = db_commit(core);
    else
        db_rollback(core);
    if (err && !error->code) {
        *error = *db_error(db_error(source)->code ? source : core);
        error->code = err;
    }
    db_close(source);
    return err;
}
