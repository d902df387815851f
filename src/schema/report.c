/* Formats differences as text and JSON. */
#include "schema/report.h"

#include <string.h>

#include "base/json.h"

struct schema_tally schema_tally(const struct schema_differences *differences)
{
    struct schema_tally tally = {.total = differences->count};

    for (size_t i = 0; i < differences->count; i++) {
        tally.parity += differences->items[i].parity;
        tally.order += differences->items[i].change == SCHEMA_REORDERED;
    }
    return tally;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

void schema_report_verdict(struct buffer *out, const struct schema_differences *differences)
{
    struct schema_tally tally = schema_tally(differences);

    if (tally.total == 0)
        buffer_text(out, "They are equal.");
    else if (tally.order == tally.total)
        buffer_format(out, "They are equal except for the physical order of columns in %zu table%s.", tally.order,
                      plural(tally.order));
    else
        buffer_format(out, "%zu difference%s, of which %zu touch%s the parity of the editions.", tally.total,
                      plural(tally.total), tally.parity, tally.parity == 1 ? "es" : "");
}

/* "columns", "indexes", "properties", "firings of a trigger" */
static void add_kind(struct buffer *out, const char *kind, size_t count)
{
    const char *of = strstr(kind, " of ");
    size_t len = of ? (size_t)(of - kind) : strlen(kind);
    char last = kind[len - 1];

    buffer_format(out, "%zu ", count);
    buffer_add(out, kind, count > 1 && last == 'y' ? len - 1 : len);
    if (count > 1)
        buffer_text(out, last == 'y' ? "ies" : last == 'x' || last == 's' ? "es" : "s");
    buffer_text(out, kind + len);
}

void schema_report_followers(struct buffer *out, const struct schema_difference *difference)
{
    const char *separator = "with ";

    for (size_t i = 0, next; i < difference->with_count; i = next) {
        for (next = i + 1; next < difference->with_count && difference->with[next].kind == difference->with[i].kind;)
            next++;
        buffer_text(out, separator);
        add_kind(out, schema_lines[difference->with[i].kind].kind, next - i);
        separator = ", ";
    }
}

void schema_report_line(struct buffer *out, const struct schema_difference *difference)
{
    buffer_format(out, "%-9s  %s %s", schema_change_name(difference->change), schema_difference_kind(difference),
                  difference->object);
    if (*difference->what && difference->change == SCHEMA_CHANGED)
        buffer_format(out, ", %s", difference->what);
    if (difference->from && difference->to)
        buffer_format(out, ": %s -> %s", difference->from, difference->to);
    else if (difference->change == SCHEMA_CHANGED)
        buffer_format(out, ": %s -> %s", difference->from ? difference->from : "nothing",
                      difference->to ? difference->to : "nothing");
    else if (difference->from || difference->to)
        buffer_format(out, ": %s", difference->from ? difference->from : difference->to);
    if (difference->with_count > 0) {
        buffer_text(out, "  [");
        schema_report_followers(out, difference);
        buffer_char(out, ']');
    }
    buffer_text(out, difference->parity ? "\n" : "  [not counted for parity]\n");
}

void schema_report_text(struct buffer *out, const struct schema_differences *differences)
{
    for (size_t i = 0; i < differences->count; i++)
        schema_report_line(out, &differences->items[i]);
    schema_report_verdict(out, differences);
    buffer_char(out, '\n');
}

static void write_side(struct buffer *out, const char *key, const struct schema_document *document)
{
    json_key(out, key);
    JSON_OBJECT(out, member_text("database", document->name), member_text("server", document->server));
}

static void write_difference(struct buffer *out, const struct schema_difference *difference)
{
    const struct {
        const char *key, *value;
    } members[] = {
        {"change", schema_change_name(difference->change)},
        {"kind", schema_difference_kind(difference)},
        {"object", difference->object},
        {"what", difference->what},
        {"from", difference->from},
        {"to", difference->to},
    };

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_key(out, members[i].key);
        json_text(out, members[i].value);
    }
    json_key(out, "parity");
    json_bool(out, difference->parity);
}

static void write_differences(struct buffer *out, const struct schema_differences *differences)
{
    json_open(out, '[');
    for (size_t i = 0; i < differences->count; i++) {
        const struct schema_difference *difference = &differences->items[i];

        json_open(out, '{');
        write_difference(out, difference);
        json_key(out, "with");
        json_open(out, '[');
        for (size_t j = 0; j < difference->with_count; j++) {
            json_open(out, '{');
            write_difference(out, &difference->with[j]);
            json_close(out, '}');
        }
        json_close(out, ']');
        json_close(out, '}');
    }
    json_close(out, ']');
}

void schema_report_members(struct buffer *out, const struct schema_document *a, const struct schema_document *b,
                           const struct schema_differences *differences)
{
    write_side(out, "a", a);
    write_side(out, "b", b);
    json_key(out, "differences");
    write_differences(out, differences);
}

void schema_report_json(struct buffer *out, const struct schema_document *a, const struct schema_document *b,
                        const struct schema_differences *differences)
{
    struct schema_tally tally = schema_tally(differences);

    json_open(out, '{');
    JSON_MEMBERS(out, member_bool("equal", tally.total == 0),
                 member_bool("equal_except_order", tally.total == tally.order));
    schema_report_members(out, a, b, differences);
    json_close(out, '}');
    buffer_char(out, '\n');
}
