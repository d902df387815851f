/* Computes the steps from the state of a database to its target. */
#include <string.h>

#include "migrate/migrate.h"

bool migrate_runs(const struct chain *chain, bool enterprise, enum migrate_target target)
{
    bool edition = enterprise ? !chain->open : !chain->enterprise;

    return edition && !(target == MIGRATE_TO_AGENTA && chain->ours);
}

bool decision_is_for(const struct decision *decision, const struct chain *chain, const struct revision *revision,
                     bool down)
{
    for (size_t i = 0; i < decision->use_count; i++) {
        const struct decision_use *use = &decision->uses[i];

        if (use->down == down && strcmp(use->chain, chain->name) == 0 && strcmp(use->revision, revision->id) == 0)
            return true;
    }
    return false;
}

size_t migrate_steps_up(const struct migrate_state *state, bool enterprise, enum migrate_target target,
                        struct migrate_step steps[REVISIONS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < state->count; i++) {
        const struct migrate_position *position = &state->positions[i];

        if (position->skipped || !migrate_runs(position->chain, enterprise, target))
            continue;
        for (int at = position->at + 1; at < (int)position->chain->count; at++) {
            steps[count++] = (struct migrate_step){.chain = position->chain, .at = (size_t)at};
        }
    }
    return count;
}

bool migrate_can_go_up(enum migrate_condition condition)
{
    return condition == MIGRATE_EMPTY || condition == MIGRATE_CURRENT || condition == MIGRATE_BEHIND;
}

enum err migrate_check_options(const struct migrate_options *options, struct error *error)
{
    for (size_t i = 0; options->to && i < chain_count; i++) {
        for (size_t k = 0; k < chains[i].count && migrate_runs(&chains[i], options->enterprise, options->target); k++) {
            if (strcmp(chains[i].revisions[k].id, options->to) == 0)
                return OK;
        }
    }
    if (options->to) {
        return error_set(error, ERR_USAGE, "%s is not a revision that this edition has; see `orgd migrate history`",
                         options->to);
    }
    if (options->strict && options->target != MIGRATE_TO_AGENTA) {
        return error_set(error, ERR_USAGE,
                         "what v0.104.0 does with members and projects can break rules that orgd's own chain holds, so "
                         "it is only for comparison: add --to agenta");
    }
    return OK;
}

size_t migrate_steps_until(const struct migrate_step *steps, size_t count, const char *to)
{
    size_t until = to ? 0 : count;

    for (size_t i = 0; to && i < count; i++) {
        if (strcmp(steps[i].chain->revisions[steps[i].at].id, to) == 0)
            until = i + 1;
    }
    return until;
}

/* The position of the chain that has passed `revision`, or -1; `at` receives the index of the revision. */
static int find_target(const struct migrate_state *state, const char *revision, size_t *at)
{
    for (int i = (int)state->count - 1; i >= 0; i--) { /* the baseline is found before the end of a legacy chain */
        for (int k = 0; k <= state->positions[i].at; k++) {
            if (strcmp(state->positions[i].chain->revisions[k].id, revision) == 0) {
                *at = (size_t)k;
                return i;
            }
        }
    }
    return -1;
}

bool migrate_steps_down(const struct migrate_state *state, const char *revision,
                        struct migrate_step steps[REVISIONS_MAX], size_t *count)
{
    bool agenta = strcmp(revision, "agenta") == 0;
    size_t keep = 0;
    int target = agenta ? -1 : find_target(state, revision, &keep);

    *count = 0;
    if (!agenta && target < 0)
        return false;
    for (int i = (int)state->count - 1; i >= 0; i--) {
        const struct migrate_position *position = &state->positions[i];
        int lowest = i == target ? (int)keep + 1 : 0;

        if (i < target || (agenta && !position->chain->ours))
            continue;
        /* before a legacy chain there is an older release, not an empty database */
        if (i != target && target >= 0 && strcmp(position->chain->table, state->positions[target].chain->table) == 0)
            continue;
        for (int at = position->at; at >= lowest; at--) {
            steps[(*count)++] = (struct migrate_step){.chain = position->chain, .at = (size_t)at, .down = true};
        }
    }
    return true;
}
