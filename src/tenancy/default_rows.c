/* Adds the default rows of projects. */
#include "tenancy/default_rows.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "tenancy/statements.h"

enum { PROJECTS_AT_ONCE = 200, LIST_MAX = 1 << 20, CASE_MAX = 4096, DEDUP_BYTES = 6 };

static const char *const cases[][2] = {
    {"Norway", "Oslo"},   {"Iceland", "Reykjav\u00edk"}, {"Portugal", "Lisbon"},
    {"Kenya", "Nairobi"}, {"Uruguay", "Montevideo"},
};

/* ---- ids of test cases ---- */

/* The data plane escapes with lower-case digits, jansson with upper-case ones. */
static void lower_escapes(char *json)
{
    for (char *at = strchr(json, '\\'); at; at = strchr(at + 2, '\\'))
        for (int i = 2; at[1] == 'u' && i < 6; i++)
            at[i] = (char)tolower((unsigned char)at[i]);
}

bool test_case_id(void *arena, const json_t *data, const struct uuid *set, struct uuid *id)
{
    struct buffer json = buffer_make(arena, CASE_MAX);
    crypto_generichash_blake2b_state state;
    char text[UUID_TEXT_SIZE];
    const char *of = set ? uuid_format(set, text) : "None";

    if (!json_dump_to(&json, data, JSON_SORT_KEYS | JSON_ENSURE_ASCII) || !buffer_string(&json))
        return false;
    lower_escapes(json.data);
    (void)crypto_generichash_blake2b_init(&state, NULL, 0, sizeof id->bytes);
    (void)crypto_generichash_blake2b_update(&state, (const unsigned char *)of, strlen(of));
    (void)crypto_generichash_blake2b_update(&state, (const unsigned char *)json.data, json.len);
    (void)crypto_generichash_blake2b_final(&state, id->bytes, sizeof id->bytes);
    id->bytes[6] = (id->bytes[6] & 0x0f) | 0x50;
    id->bytes[8] = (id->bytes[8] & 0x3f) | 0x80;
    return true;
}

bool test_case_number(void *arena, json_t *data, size_t index)
{
    char text[UUID_TEXT_SIZE + 24], hex[2 * DEDUP_BYTES + 1];
    unsigned char digest[DEDUP_BYTES];
    struct uuid id;

    if (!test_case_id(arena, data, NULL, &id))
        return false;
    (void)uuid_format(&id, text);
    (void)snprintf(text + UUID_TEXT_SIZE - 1, sizeof text - UUID_TEXT_SIZE + 1, ":%zu", index);
    (void)crypto_generichash_blake2b(digest, sizeof digest, (const unsigned char *)text, strlen(text), NULL, 0);
    (void)sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    return json_object_set_new(data, "testcase_dedup_id", json_string(hex)) == 0;
}

/* ---- the list for the statement ---- */

static bool write_case(struct buffer *list, size_t index, const struct uuid *set)
{
    json_t *data = json_pack("{s:s, s:s}", "country", cases[index][0], "correct_answer", cases[index][1]);
    struct uuid id;
    bool good = data && test_case_number(list->arena, data, index) && test_case_id(list->arena, data, set, &id);

    if (good) {
        json_open(list, '{');
        json_key(list, "id");
        json_uuid(list, &id);
        json_key(list, "data");
        good = json_dump_to(list, data, 0);
        json_close(list, '}');
    }
    json_decref(data);
    return good;
}

static bool write_project(struct buffer *list, const struct default_rows *rows)
{
    struct uuid set = uuid_v7();
    bool good = true;

    json_open(list, '{');
    JSON_MEMBERS(list, member_uuid("project", &rows->project), member_uuid("user", &rows->user));
    if (rows->test_set) {
        json_key(list, "test_set");
        json_uuid(list, &set);
        json_key(list, "cases");
        json_open(list, '[');
        for (size_t i = 0; i < sizeof cases / sizeof *cases && good; i++)
            good = write_case(list, i, &set);
        json_close(list, ']');
    }
    json_close(list, '}');
    return good;
}

static enum err add_some(struct db *db, void *arena, const struct config *config, const struct default_rows *rows,
                         size_t count)
{
    struct buffer list = buffer_make(arena, LIST_MAX);
    bool good = true;

    json_open(&list, '[');
    for (size_t i = 0; i < count && good; i++)
        good = write_project(&list, &rows[i]);
    json_close(&list, ']');
    if (!good || !buffer_string(&list))
        return ERR_MEMORY;
    return DB_RUN(db, default_rows_insert, NULL, param_text(buffer_string(&list)), param_text(config->services_url));
}

enum err default_rows_add(struct db *db, void *arena, const struct config *config, const struct default_rows *rows,
                          size_t count)
{
    for (size_t i = 0; config->seed_defaults && i < count; i += PROJECTS_AT_ONCE)
        TRY(add_some(db, arena, config, rows + i, count - i < PROJECTS_AT_ONCE ? count - i : PROJECTS_AT_ONCE));
    return OK;
}

/* ---- projects that lack rows ---- */

/* Reads the next projects after `last`, which becomes the last of them; fewer than PROJECTS_AT_ONCE at the end. */
static enum err read_lacking(struct db *db, struct uuid *last, struct default_rows *rows, size_t *count,
                             struct default_rows_report *report)
{
    struct result result;

    TRY(DB_RUN(db, default_rows_lacking, &result, param_uuid(last)));
    *count = (size_t)result_rows(&result);
    for (int i = 0; i < result_rows(&result); i++) {
        (void)result_uuid(&result, i, DEFAULT_ROWS_LACKING_PROJECT_ID, &rows[i].project);
        (void)result_uuid(&result, i, DEFAULT_ROWS_LACKING_USER_ID, &rows[i].user);
        report->environments += result_int(&result, i, DEFAULT_ROWS_LACKING_ENVIRONMENTS);
        report->evaluators += result_int(&result, i, DEFAULT_ROWS_LACKING_EVALUATORS);
        *last = rows[i].project;
    }
    report->projects += result_rows(&result);
    result_clear(&result);
    return OK;
}

static enum err complete(struct db *db, bool dry_run, struct default_rows_report *report)
{
    struct result result;

    TRY(db_begin(db));
    TRY(DB_RUN(db, default_rows_lock, NULL));
    TRY(DB_RUN(db, default_rows_complete, &result));
    for (int i = 0; i < result_rows(&result); i++)
        report->incomplete += result_text(&result, i, DEFAULT_ROWS_COMPLETE_ENVIRONMENT) != NULL;
    result_clear(&result);
    if (!dry_run)
        return db_commit(db);
    db_rollback(db);
    return OK;
}

enum err default_rows_add_missing(struct db *db, void *arena, const struct config *config, bool dry_run,
                                  struct default_rows_report *report)
{
    struct default_rows rows[PROJECTS_AT_ONCE] = {0};
    struct uuid last = {0};
    size_t count;

    *report = (struct default_rows_report){0};
    TRY(complete(db, dry_run, report));
    do {
        void *some = talloc_new(arena);
        enum err err = read_lacking(db, &last, rows, &count, report);

        if (!err && !dry_run)
            err = add_some(db, some, config, rows, count);
        talloc_free(some);
        if (err)
            return err;
    } while (count == PROJECTS_AT_ONCE);
    return OK;
}
