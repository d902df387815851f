/* Judges whether one schema is a strict subset of another. */
#include "schema/parity.h"

#include <string.h>

bool schema_is_version_table(const struct schema_difference *difference)
{
    const char *name =
        difference->kind == SCHEMA_TABLE ? schema_value(difference->b ? difference->b : difference->a, "name") : "";

    return difference->kind == SCHEMA_VERSION || strncmp(name, "alembic_version", strlen("alembic_version")) == 0;
}

/* A version row that moves from nothing to something is what comes with its table. */
static bool adds(const struct schema_difference *difference)
{
    return difference->change == SCHEMA_ADDED ||
           (difference->kind == SCHEMA_VERSION && strcmp(schema_value(difference->a, "revision"), SCHEMA_ABSENT) == 0);
}

struct schema_parity_result schema_parity_judge(const struct schema_differences *differences)
{
    struct schema_parity_result result = {.subset = true, .equal = true};

    for (size_t i = 0; i < differences->count; i++) {
        const struct schema_difference *difference = &differences->items[i];

        if (difference->change == SCHEMA_REORDERED) {
            result.order++;
            continue;
        }
        if (!difference->parity)
            continue;
        result.equal = false;
        if (!adds(difference))
            result.subset = false;
        else if (schema_is_version_table(difference))
            result.versions++;
        else
            result.objects++;
    }
    return result;
}

static void add_additions(struct buffer *out, const struct schema_differences *differences)
{
    const char *separator = "";

    for (size_t i = 0; i < differences->count; i++) {
        const struct schema_difference *difference = &differences->items[i];

        if (!difference->parity || !adds(difference) || difference->change == SCHEMA_REORDERED)
            continue;
        buffer_format(out, "%s%s %s", separator,
                      schema_is_version_table(difference) ? "version table" : schema_difference_kind(difference),
                      difference->object);
        separator = ", ";
    }
}

void schema_parity_sentence(struct buffer *out, const struct schema_document *subset,
                            const struct schema_document *superset, const struct schema_differences *differences)
{
    struct schema_parity_result result = schema_parity_judge(differences);
    const char *order = result.order > 0 ? " except for the physical order of columns" : "";

    if (!result.subset)
        buffer_format(out, "The schema of %s is not a subset of that of %s.", subset->name, superset->name);
    else if (result.equal)
        buffer_format(out, "The schemas of %s and %s are equal%s.", subset->name, superset->name, order);
    else {
        buffer_format(out, "The schema of %s is a strict subset of that of %s%s; the latter adds %zu schema object%s",
                      subset->name, superset->name, order, result.objects, result.objects == 1 ? "" : "s");
        if (result.versions > 0)
            buffer_format(out, " and %zu version table%s", result.versions, result.versions == 1 ? "" : "s");
        buffer_text(out, ": ");
        add_additions(out, differences);
        buffer_char(out, '.');
    }
}
