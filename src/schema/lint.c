/* Applies the lint rules. */
#include "schema/lint.h"

#include <string.h>

#include "schema/catalog.h"
#include "schema/statements.h"

const struct lint_rule lint_rules[] = {
    {"foreign-key-conflict", LINT_ERROR, "Foreign keys on the same columns whose delete or update rules contradict",
     &lint_foreign_key_conflict},
    {"foreign-key-duplicate", LINT_WARNING, "Foreign keys that say what another one says", &lint_foreign_key_duplicate},
    {"unique-repeats-primary-key", LINT_WARNING, "Unique constraints and indexes that repeat the primary key",
     &lint_unique_repeats_primary_key},
    {"membership-nullable", LINT_ERROR, "Nullable columns in the key of a table named *_members",
     &lint_nullable_membership_key},
    {"membership-not-unique", LINT_ERROR, "Tables named *_members that can hold a membership twice",
     &lint_membership_not_unique},
    {"cascade-without-index", LINT_WARNING, "Foreign keys that cascade without an index to do it by",
     &lint_cascade_without_index},
    {"lifecycle-missing", LINT_NOTICE, "Tables with some of the columns created/updated/deleted _at/_by_id but not all",
     &lint_lifecycle_missing},
    {"lifecycle-foreign-key", LINT_WARNING, "Foreign keys on the columns created_by_id, updated_by_id, deleted_by_id",
     &lint_lifecycle_foreign_key},
    {"constraint-not-valid", LINT_WARNING, "Constraints that are NOT VALID", &lint_not_valid},
    {"index-invalid", LINT_ERROR, "Indexes that are not valid", &lint_index_invalid},
    {"sequence-near-end", LINT_ERROR, "Sequences that have used 80% of what they or their column can hold",
     &lint_sequence_near_end, &lint_sequence_parts},
};
const size_t lint_rule_count = sizeof lint_rules / sizeof *lint_rules;

enum {
    RULES = sizeof lint_rules / sizeof *lint_rules,
    /* Attempts at a part whose objects are dropped meanwhile. */
    ATTEMPTS_MAX = 10,
};

struct linting {
    const struct lint_receiver *receiver;
    const struct lint_rule *rules[RULES]; /* by statement of the pipeline; NULL: lint_hidden */
    bool refused;                         /* by the receiver */
};

const char *lint_severity_name(enum lint_severity severity)
{
    static const char *const names[] = {"notice", "warning", "error"};

    return names[severity];
}

const struct lint_rule *lint_rule_named(const char *id)
{
    for (size_t i = 0; i < lint_rule_count; i++) {
        if (strcmp(lint_rules[i].id, id) == 0)
            return &lint_rules[i];
    }
    return NULL;
}

static bool is_ignored(const struct lint_rule *const *ignored, const struct lint_rule *rule)
{
    while (*ignored && *ignored != rule)
        ignored++;
    return *ignored != NULL;
}

/* The columns of every rule's statement. */
enum { LINT_OBJECT, LINT_WHAT, LINT_FIX };

static enum err hand_over(struct linting *linting, const struct lint_rule *rule, const struct result *rows, int row)
{
    struct lint_finding finding = {
        .rule = rule,
        .object = result_text(rows, row, LINT_OBJECT),
        .what = result_text(rows, row, LINT_WHAT),
        .fix = result_text(rows, row, LINT_FIX),
    };
    enum err err = linting->receiver->found(linting->receiver->context, &finding);

    linting->refused = err;
    return err;
}

static enum err read_row(void *context, size_t number, const struct result *row)
{
    struct linting *linting = context;

    if (number > 0)
        return hand_over(linting, linting->rules[number - 1], row, 0);
    linting->receiver->hidden(linting->receiver->context, result_text(row, 0, LINT_HIDDEN_OBJECT));
    return OK;
}

/* Runs all rules without parts in one snapshot. */
static enum err find(struct db *db, const struct lint_rule *const *ignored, struct linting *linting)
{
    const char *texts[RULES + 1] = {lint_hidden.sql};
    size_t count = 1;

    for (size_t i = 0; i < RULES; i++) {
        if (lint_rules[i].parts || is_ignored(ignored, &lint_rules[i]))
            continue;
        linting->rules[count - 1] = &lint_rules[i];
        texts[count++] = lint_rules[i].find->sql;
    }
    return db_pipeline(db, texts, count, read_row, linting);
}

static enum err count_parts(struct db *db, const struct lint_rule *rule, int64_t *parts)
{
    struct result result;
    enum err err = db_run(db, rule->parts, NULL, 0, &result);

    if (!err)
        *parts = result_int(&result, 0, LINT_SEQUENCE_PARTS_PARTS);
    result_clear(&result);
    return err;
}

static enum err find_part(struct db *db, const struct lint_rule *rule, int64_t part, struct linting *linting)
{
    struct result result;
    enum err err = db_run(db, rule->find, (struct param[]){param_int(part)}, 1, &result);
    int rows = !err ? result_rows(&result) : 0;

    for (int row = 0; row < rows && !err; row++)
        err = hand_over(linting, rule, &result, row);
    result_clear(&result);
    return err;
}

/* Whether an object was dropped meanwhile; the server reports that like a broken object.
 */
static bool is_gone(const struct db *db)
{
    return strcmp(db_sqlstate(db), "XX000") == 0 || strcmp(db_sqlstate(db), "42P01") == 0;
}

/* Runs each part in its own transaction; the last part may be empty, as others create and drop objects. */
static enum err find_in_parts(struct db *db, const struct lint_rule *rule, struct linting *linting, struct error *error)
{
    int64_t parts = 1, part = 0;
    unsigned attempts = 0;

    while (part < parts) {
        enum err err = catalog_begin(db, error);

        if (!err && part == 0)
            err = count_parts(db, rule, &parts);
        if (!err)
            err = find_part(db, rule, part, linting);
        if (err && !linting->refused && is_gone(db) && ++attempts < ATTEMPTS_MAX) {
            db_rollback(db);
            continue;
        }
        if (err && !linting->refused)
            (void)catalog_failed(db, err, error);
        db_rollback(db);
        if (err)
            return err;
        part++;
        attempts = 0;
    }
    return OK;
}

enum err schema_lint(struct db *db, const struct lint_rule *const *ignored, const struct lint_receiver *receiver,
                     struct error *error)
{
    struct linting linting = {.receiver = receiver};
    enum err err = catalog_begin(db, error);

    if (!err) {
        err = find(db, ignored, &linting);
        if (err && !linting.refused)
            (void)catalog_failed(db, err, error);
    }
    db_rollback(db); /* nothing was written */
    for (size_t i = 0; i < RULES && !err; i++)
        if (lint_rules[i].parts && !is_ignored(ignored, &lint_rules[i]))
            err = find_in_parts(db, &lint_rules[i], &linting, error);
    if (linting.refused)
        (void)error_set(error, err, "the findings could not be taken");
    return err;
}
