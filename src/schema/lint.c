/* Applies the rules that find what is wrong with a schema. */
#include "schema/lint.h"

#include <string.h>

#include "schema/catalog.h"
#include "statements.h"

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
    {"sequence-near-end", LINT_ERROR, "Sequences that have used 80% of what they or their column can hold",
     &lint_sequence_near_end},
    {"constraint-not-valid", LINT_WARNING, "Constraints that are NOT VALID", &lint_not_valid},
    {"index-invalid", LINT_ERROR, "Indexes that are not valid", &lint_index_invalid},
};
const size_t lint_rule_count = sizeof lint_rules / sizeof *lint_rules;

enum { RULES = sizeof lint_rules / sizeof *lint_rules };

struct linting {
    const struct lint_receiver *receiver;
    const struct lint_rule *rules[RULES]; /* by statement of the pipeline; NULL: what is hidden */
    bool refused;                         /* the receiver did */
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

static enum err read_row(void *context, size_t number, const struct result *row)
{
    struct linting *linting = context;
    struct lint_finding finding = {.object = result_text(row, 0, 0)};
    enum err err;

    if (number == 0) {
        linting->receiver->hidden(linting->receiver->context, finding.object);
        return OK;
    }
    finding.rule = linting->rules[number - 1];
    finding.what = result_text(row, 0, 1);
    finding.fix = result_text(row, 0, 2);
    err = linting->receiver->found(linting->receiver->context, &finding);
    linting->refused = err != OK;
    return err;
}

enum err schema_lint(struct db *db, const struct lint_rule *const *ignored, const struct lint_receiver *receiver,
                     struct error *error)
{
    struct linting linting = {.receiver = receiver};
    const char *texts[RULES + 1] = {lint_hidden.sql};
    size_t count = 1;
    enum err err = catalog_begin(db, error);

    if (err == OK) {
        for (size_t i = 0; i < RULES; i++) {
            if (is_ignored(ignored, &lint_rules[i]))
                continue;
            linting.rules[count - 1] = &lint_rules[i];
            texts[count++] = lint_rules[i].find->sql;
        }
        err = db_pipeline(db, texts, count, read_row, &linting);
        if (err != OK && linting.refused)
            (void)error_set(error, err, "the findings could not be taken");
        else if (err != OK)
            (void)catalog_failed(db, err, error);
    }
    db_rollback(db); /* nothing was written */
    return err;
}
