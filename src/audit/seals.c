/* Seals the rows of the audit, and verifies the chain of seals. */
#include "audit/seals.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "audit/statements.h"
#include "base/buffer.h"
#include "base/secret.h"

enum { BATCH = 1000, PAGE = 2000, DIGEST = 32 };
#define TEXT_MAX ((size_t)256 << 20) /* PostgreSQL's limit for a JSON value; a row is hashed as one */
#define ARRAY_MAX ((size_t)BATCH * 80)

/* ---- hashes ---- */

static void to_hex(const unsigned char digest[DIGEST], char hex[SEAL_HASH_SIZE])
{
    for (size_t i = 0; i < DIGEST; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void from_hex(const char *hex, unsigned char digest[DIGEST])
{
    memset(digest, 0, DIGEST);
    for (size_t i = 0; i < DIGEST && hex[2 * i] && hex[2 * i + 1]; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        digest[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
}

struct seal {
    int64_t number;
    const char *oldest, *next; /* as PostgreSQL prints them */
    const char *row;
};

/* Replaces the hash by that of the next seal. */
static enum err next_hash(void *arena, const struct seal *seal, unsigned char hash[DIGEST])
{
    struct buffer text = buffer_make(arena, TEXT_MAX);
    enum err err = OK;

    buffer_add(&text, hash, DIGEST);
    buffer_format(&text, "%lld %s %s ", (long long)seal->number, seal->oldest, seal->next);
    buffer_text(&text, seal->row);
    if (text.failed)
        err = ERR_MEMORY;
    else
        digest_sha256(text.data, text.len, hash);
    talloc_free(text.data);
    return err;
}

/* ---- sealing ---- */

/* The end of the chain, and the rows to seal next. */
struct round {
    int64_t last;
    unsigned char hash[DIGEST];
    const char *floor; /* NULL: every row has to be examined */
    char oldest[SEAL_BOUND_SIZE], next[SEAL_BOUND_SIZE];
    bool partial; /* there are more rows than this round handles */
};

static void copy_bound(char bound[SEAL_BOUND_SIZE], const char *text)
{
    (void)snprintf(bound, SEAL_BOUND_SIZE, "%s", text ? text : "");
}

static enum err find_end(void *arena, const struct sealer *sealer, struct db *db, struct round *round)
{
    struct result row;

    TRY(DB_RUN(db, seal_last, &row, *sealer->oldest ? param_text(sealer->oldest) : param_null()));
    if (!result_keep(&row, arena))
        return ERR_MEMORY;
    round->last = result_int(&row, 0, SEAL_LAST_SEAL_NO);
    from_hex(result_text(&row, 0, SEAL_LAST_HASH), round->hash);
    round->floor = result_text(&row, 0, SEAL_LAST_FLOOR);
    return OK;
}

/* Begins to examine every row. A transaction that ends meanwhile may write rows with ids that the scan has passed
 * already. */
static enum err begin_all(struct sealer *sealer, struct db *db)
{
    struct result row;

    if (*sealer->all_oldest)
        return OK;
    TRY(DB_RUN(db, seal_bounds, &row));
    copy_bound(sealer->all_oldest, result_text(&row, 0, SEAL_BOUNDS_OLDEST));
    sealer->after = 0;
    result_clear(&row);
    return OK;
}

static_assert((int)SEAL_ROWS_OLDEST == (int)SEAL_ROWS_ALL_OLDEST && (int)SEAL_ROWS_NEXT == (int)SEAL_ROWS_ALL_NEXT &&
                  (int)SEAL_ROWS_TEXT == (int)SEAL_ROWS_ALL_TEXT,
              "both statements have the same columns");

static enum err find_rows(struct sealer *sealer, struct db *db, struct round *round, struct result *rows)
{
    enum err err;

    if (round->floor) {
        err = DB_RUN(db, seal_rows, rows, param_text(round->floor), param_int(BATCH));
    } else {
        err = begin_all(sealer, db);
        if (!err)
            err = DB_RUN(db, seal_rows_all, rows, param_int(sealer->after), param_int(BATCH));
    }
    if (err)
        return err;
    round->partial = result_rows(rows) == BATCH;
    copy_bound(round->oldest, result_text(rows, 0, SEAL_ROWS_OLDEST));
    copy_bound(round->next, result_text(rows, 0, SEAL_ROWS_NEXT));
    if (!round->floor) /* only the last part of the scan may record that everything before is sealed */
        copy_bound(round->oldest, round->partial ? "0" : sealer->all_oldest);
    else if (round->partial)
        copy_bound(round->oldest, round->floor);
    return OK;
}

static enum err add_seals(void *arena, struct db *db, struct round *round, const struct result *rows)
{
    struct buffer ids = buffer_make(arena, ARRAY_MAX), hashes = buffer_make(arena, ARRAY_MAX);
    char hex[SEAL_HASH_SIZE];

    buffer_char(&ids, '{');
    buffer_char(&hashes, '{');
    for (int i = 0; i < result_rows(rows); i++) {
        struct seal seal = {round->last + i + 1, round->oldest, round->next, result_text(rows, i, SEAL_ROWS_TEXT)};

        if (next_hash(arena, &seal, round->hash))
            return ERR_MEMORY;
        to_hex(round->hash, hex);
        buffer_format(&ids, "%s%s", i > 0 ? "," : "", result_text(rows, i, SEAL_ROWS_ID));
        buffer_format(&hashes, "%s%s", i > 0 ? "," : "", hex);
    }
    buffer_char(&ids, '}');
    buffer_char(&hashes, '}');
    if (ids.failed || hashes.failed)
        return ERR_MEMORY;
    return DB_RUN(db, seal_add, NULL, param_int(round->last), param_text(round->oldest), param_text(round->next),
                  param_text(ids.data), param_text(hashes.data));
}

/* Stores the progress after the commit. */
static void remember(struct sealer *sealer, const struct round *round, const struct result *rows)
{
    int count = result_rows(rows);

    if (!round->floor && count > 0)
        sealer->after = result_int(rows, count - 1, SEAL_ROWS_ID);
    if (round->partial)
        return;
    if (!round->floor)
        copy_bound(sealer->oldest, sealer->all_oldest);
    else if (count > 0)
        copy_bound(sealer->oldest, round->oldest);
    *sealer->all_oldest = '\0';
}

/* Runs in a transaction that holds the sealer's lock. */
static enum err seal_some(void *arena, struct sealer *sealer, struct db *db, bool *more)
{
    struct round round = {0};
    struct result rows;
    enum err err = find_end(arena, sealer, db, &round);

    if (!err)
        err = find_rows(sealer, db, &round, &rows);
    if (err)
        return err;
    if (!result_keep(&rows, arena))
        return ERR_MEMORY;
    if (result_rows(&rows) > 0)
        err = add_seals(arena, db, &round, &rows);
    if (!err)
        err = db_commit(db);
    if (err)
        return err;
    remember(sealer, &round, &rows);
    *more = round.partial;
    return OK;
}

enum err seals_advance(struct sealer *sealer, struct db *db, bool *more)
{
    void *arena = talloc_new(NULL);
    struct result row;
    bool locked = false;
    enum err err = arena ? db_begin(db) : ERR_MEMORY;

    *more = false;
    if (!err)
        err = DB_RUN(db, seal_lock, &row);
    if (!err) {
        locked = result_rows(&row) == 1;
        result_clear(&row);
    }
    if (locked)
        err = seal_some(arena, sealer, db, more);
    db_rollback(db); /* when it was not committed */
    talloc_free(arena);
    return err;
}

enum err seals_waiting(const struct sealer *sealer, struct db *db, int64_t *rows, int64_t *seconds)
{
    void *arena = talloc_new(NULL);
    struct round round = {0};
    struct result row;
    enum err err = arena ? find_end(arena, sealer, db, &round) : ERR_MEMORY;

    if (!err)
        err = DB_RUN(db, seal_waiting, &row, param_text(round.floor ? round.floor : "0"));
    if (!err) {
        *rows = result_int(&row, 0, SEAL_WAITING_ROWS);
        *seconds = result_int(&row, 0, SEAL_WAITING_SECONDS);
        result_clear(&row);
    }
    talloc_free(arena);
    return err;
}

/* ---- verifying ---- */

/*
 * The progress of the verification. A row that a snapshot did not show was written by a transaction that had not ended
 * then. Once all transactions that were open in such a snapshot have ended, every later row was written by a
 * transaction that began after it, and has an id above all ids that the snapshot showed: `settled`.
 */
struct walk {
    struct seal_report *report;
    const char *expected;
    bool found; /* the expected hash was found */
    unsigned char hash[DIGEST];
    int64_t highest;       /* the highest id so far */
    uint64_t oldest, next; /* bounds of the last seal's snapshot */
    uint64_t pending_next;
    int64_t pending, settled;
};

static void break_at(struct seal_report *report, enum seal_break broken, int64_t row, int64_t seal)
{
    if (report->broken != SEAL_WHOLE)
        return;
    report->broken = broken;
    report->broken_row = row;
    report->broken_seal = seal;
}

/* Handles the end of a snapshot's seals: its bounds apply to the seals after it. */
static void settle(struct walk *walk)
{
    if (walk->oldest < walk->pending_next)
        return;
    walk->settled = walk->pending;
    walk->pending = walk->highest;
    walk->pending_next = walk->next;
}

static void read_bounds(struct walk *walk, const struct seal *seal)
{
    uint64_t oldest = strtoull(seal->oldest, NULL, 10), next = strtoull(seal->next, NULL, 10);

    if (walk->next != 0 && (oldest != walk->oldest || next != walk->next))
        settle(walk);
    walk->oldest = oldest;
    walk->next = next;
}

static enum err look_at(void *arena, struct walk *walk, const struct result *rows, int i)
{
    struct seal_report *report = walk->report;
    int64_t row = result_int(rows, i, SEAL_PAGE_AUDIT_ID);
    struct seal seal = {result_int(rows, i, SEAL_PAGE_SEAL_NO), result_text(rows, i, SEAL_PAGE_OLDEST),
                        result_text(rows, i, SEAL_PAGE_NEXT), result_text(rows, i, SEAL_PAGE_TEXT)};

    if (seal.number != report->head + 1) {
        break_at(report, SEAL_MISSING, 0, report->head + 1);
        return OK;
    }
    if (!result_bool(rows, i, SEAL_PAGE_PRESENT)) {
        break_at(report, SEAL_ROW_MISSING, row, seal.number);
        return OK;
    }
    read_bounds(walk, &seal);
    if (next_hash(arena, &seal, walk->hash))
        return ERR_MEMORY;
    to_hex(walk->hash, report->head_hash);
    if (strcmp(report->head_hash, result_text(rows, i, SEAL_PAGE_HASH)) != 0)
        break_at(report, SEAL_ALTERED, row, seal.number);
    else if (row <= walk->settled)
        break_at(report, SEAL_INSERTED, row, seal.number);
    walk->found = walk->found || (walk->expected && strcmp(walk->expected, report->head_hash) == 0);
    report->head = seal.number;
    report->rows++;
    if (row > walk->highest)
        walk->highest = row;
    return OK;
}

static enum err look_at_page(void *arena, struct walk *walk, const struct result *rows)
{
    enum err err = OK;

    for (int i = 0; !err && i < result_rows(rows) && walk->report->broken == SEAL_WHOLE; i++)
        err = look_at(arena, walk, rows, i);
    return err;
}

static enum err walk_chain(struct db *db, struct walk *walk)
{
    struct seal_report *report = walk->report;
    int count = PAGE;
    enum err err = OK;

    while (!err && count == PAGE && report->broken == SEAL_WHOLE) {
        void *arena = talloc_new(NULL);
        struct result rows;

        err = DB_RUN(db, seal_page, &rows, param_int(report->head), param_int(PAGE));
        if (!err && !result_keep(&rows, arena))
            err = ERR_MEMORY;
        if (!err) {
            count = result_rows(&rows);
            err = look_at_page(arena, walk, &rows);
        }
        talloc_free(arena);
    }
    return err;
}

static enum err find_begin(struct db *db, struct walk *walk)
{
    struct seal_report *report = walk->report;
    struct result row;

    TRY(DB_RUN(db, seal_begin, &row));
    if (result_rows(&row) == 1) {
        report->anchor = report->head = result_int(&row, 0, SEAL_BEGIN_SEAL_NO);
        report->removed = result_int(&row, 0, SEAL_BEGIN_REMOVED);
        (void)snprintf(report->anchor_hash, sizeof report->anchor_hash, "%s", result_text(&row, 0, SEAL_BEGIN_HASH));
        from_hex(report->anchor_hash, walk->hash);
    }
    to_hex(walk->hash, report->head_hash);
    walk->found = !walk->expected || strcmp(walk->expected, report->head_hash) == 0;
    result_clear(&row);
    return OK;
}

static enum err look_at_the_rest(struct db *db, struct walk *walk)
{
    struct result row;

    settle(walk);
    TRY(DB_RUN(db, seal_missing, &row, param_int(walk->settled)));
    walk->report->waiting = result_int(&row, 0, SEAL_MISSING_WAITING);
    if (result_text(&row, 0, SEAL_MISSING_INSERTED))
        break_at(walk->report, SEAL_INSERTED, result_int(&row, 0, SEAL_MISSING_INSERTED), 0);
    result_clear(&row);
    return OK;
}

enum err seals_verify(struct db *db, const char *expected, struct seal_report *report)
{
    struct walk walk = {.report = report, .expected = expected};
    enum err err = db_script(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL);

    *report = (struct seal_report){.broken = SEAL_WHOLE};
    if (!err)
        err = find_begin(db, &walk);
    if (!err)
        err = walk_chain(db, &walk);
    if (!err)
        err = look_at_the_rest(db, &walk);
    if (!err && !walk.found)
        break_at(report, SEAL_NOT_EXPECTED, 0, 0);
    if (!err)
        err = db_script(db, "COMMIT", NULL);
    else
        db_close(db);
    return err;
}
