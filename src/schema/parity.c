/* Decides whether one schema is a subset of another. */
#include "schema/parity.h"

#include <string.h>

#include "base/json.h"
#include "schema/report.h"

/* Whether the object is a version table of a migration chain, or its revision. */
static bool is_version_table(const struct schema_difference *difference)
{
    const char *name = difference->kind == SCHEMA_TABLE && difference->b ? schema_value(difference->b, "name") : "";

    return difference->kind == SCHEMA_VERSION || strncmp(name, "alembic_version", strlen("alembic_version")) == 0;
}

/* Kinds that are objects of their own. Every other kind is part of an object; adding a part changes that object. */
static bool is_object(enum schema_kind kind)
{
    switch (kind) {
    case SCHEMA_EXTENSION:
    case SCHEMA_ENUM:
    case SCHEMA_SEQUENCE:
    case SCHEMA_TABLE:
    case SCHEMA_VIEW:
    case SCHEMA_VERSION:
    case SCHEMA_SCHEMA:
    case SCHEMA_DOMAIN:
    case SCHEMA_COMPOSITE:
    case SCHEMA_RANGE:
    case SCHEMA_COLLATION:
    case SCHEMA_FUNCTION:
    case SCHEMA_EVENT_TRIGGER:
    case SCHEMA_FOREIGN_WRAPPER:
    case SCHEMA_FOREIGN_SERVER:
    case SCHEMA_FOREIGN_TABLE:
    case SCHEMA_PUBLICATION:
    case SCHEMA_OTHER:
        return true;
    default:
        return false;
    }
}

/* Whether a version row appears together with its table. */
static bool adds(const struct schema_difference *difference)
{
    return (difference->change == SCHEMA_ADDED && is_object(difference->kind)) ||
           (difference->kind == SCHEMA_VERSION && difference->a &&
            strcmp(schema_value(difference->a, "revision"), SCHEMA_ABSENT) == 0);
}

struct schema_parity_result schema_parity_judge(const struct schema_differences *differences)
{
    struct schema_parity_result result = {0};

    for (size_t i = 0; i < differences->count; i++) {
        const struct schema_difference *difference = &differences->items[i];

        if (difference->change == SCHEMA_REORDERED)
            result.order++;
        else if (difference->parity && !adds(difference))
            result.unequal++;
        else if (difference->parity && is_version_table(difference))
            result.versions++;
        else if (difference->parity)
            result.objects++;
    }
    result.subset = result.unequal == 0;
    result.equal = result.subset && result.objects == 0 && result.versions == 0;
    return result;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void name_additions(struct buffer *out, const struct schema_differences *differences, bool versions,
                           const char **separator)
{
    for (size_t i = 0; i < differences->count; i++) {
        const struct schema_difference *difference = &differences->items[i];

        if (!difference->parity || !adds(difference) || is_version_table(difference) != versions)
            continue;
        buffer_format(out, "%s%s %s", *separator, versions ? "version table" : schema_difference_kind(difference),
                      difference->object);
        *separator = ", ";
    }
}

static void add_additions(struct buffer *out, const struct schema_parity_result *result,
                          const struct schema_differences *differences)
{
    const char *separator = ": ";

    buffer_text(out, "; the latter adds ");
    if (result->objects > 0)
        buffer_format(out, "%zu schema object%s", result->objects, plural(result->objects));
    if (result->objects > 0 && result->versions > 0)
        buffer_text(out, " and ");
    if (result->versions > 0)
        buffer_format(out, "%zu version table%s", result->versions, plural(result->versions));
    name_additions(out, differences, false, &separator);
    name_additions(out, differences, true, &separator);
}

void schema_parity_sentence(struct buffer *out, const struct schema_document *subset,
                            const struct schema_document *superset, const struct schema_differences *differences)
{
    struct schema_parity_result result = schema_parity_judge(differences);

    if (!result.subset)
        buffer_format(out, "The schema of %s is not a subset of that of %s: %zu difference%s", subset->name,
                      superset->name, result.unequal, plural(result.unequal));
    else if (result.equal)
        buffer_format(out, "The schemas of %s and %s are equal", subset->name, superset->name);
    else
        buffer_format(out, "The schema of %s is a strict subset of that of %s", subset->name, superset->name);
    if (result.subset && result.order > 0)
        buffer_format(out, "%s except for the physical order of columns in %zu table%s", result.equal ? "" : ", equal",
                      result.order, plural(result.order));
    if (result.subset && !result.equal)
        add_additions(out, &result, differences);
    buffer_char(out, '.');
}

void schema_parity_text(struct buffer *out, const struct schema_document *subset,
                        const struct schema_document *superset, const struct schema_differences *differences)
{
    for (size_t i = 0; i < differences->count; i++)
        schema_report_line(out, &differences->items[i]);
    schema_parity_sentence(out, subset, superset, differences);
    buffer_char(out, '\n');
}

void schema_parity_json(struct buffer *out, const struct schema_document *subset,
                        const struct schema_document *superset, const struct schema_differences *differences)
{
    struct schema_parity_result result = schema_parity_judge(differences);
    struct buffer sentence = buffer_make(out->arena, out->max);
    const struct {
        const char *key;
        size_t value;
    } counts[] = {
        {"reordered_tables", result.order},
        {"added_objects", result.objects},
        {"added_version_tables", result.versions},
        {"unequal", result.unequal},
    };

    schema_parity_sentence(&sentence, subset, superset, differences);
    json_open(out, '{');
    JSON_MEMBERS(out, member_bool("subset", result.subset), member_bool("equal", result.equal));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        json_key(out, counts[i].key);
        json_int(out, (int64_t)counts[i].value);
    }
    json_key(out, "sentence");
    json_text(out, buffer_string(&sentence));
    schema_report_members(out, subset, superset, differences);
    json_close(out, '}');
    buffer_char(out, '\n');
}
