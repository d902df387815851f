/* Compares two dumps object by object. */
#include "schema/diff.h"

#include <string.h>
#include <talloc.h>

#include "schema/diff_dependencies.h"

#define TEXT_MAX ((size_t)64 << 20)

struct comparing {
    void *arena;
    const struct schema_document *a, *b;
    struct schema_differences *found;
    size_t room;
    bool failed; /* a text was too large */
    struct error *error;
};

const char *schema_change_name(enum schema_change change)
{
    static const char *const names[] = {"added", "removed", "changed", "renamed", "reordered"};

    return names[change];
}

const char *schema_difference_kind(const struct schema_difference *difference)
{
    return difference->change == SCHEMA_REORDERED ? "column order" : schema_lines[difference->kind].kind;
}

static enum err no_memory(const struct comparing *comparing)
{
    return error_set(comparing->error, ERR_MEMORY, "no memory for the differences");
}

/* ---- texts ---- */

/* The key fields, separated by dots; the object type of a comment or privilege precedes the name. */
static const char *name_of(void *arena, const struct schema_object *object)
{
    struct buffer out = buffer_make(arena, TEXT_MAX);
    size_t i = 0;

    for (const struct schema_field *field = schema_lines[object->kind].fields; field->name; field++, i++) {
        if (!field->key)
            continue;
        if (field->type == SCHEMA_TEXT) {
            buffer_text(&out, out.len == 0 ? "" : strcmp(field->before, "(") == 0 ? "(" : " ");
            schema_format_text(&out, object->values[i], strlen(object->values[i]));
            buffer_text(&out, field->after ? field->after : "");
        } else {
            buffer_text(&out, out.len == 0 ? "" : ".");
            schema_format_name(&out, object->values[i], strlen(object->values[i]));
        }
    }
    return buffer_string(&out);
}

/* ---- lists ---- */

/* The end of the name that begins at `at` in a list. */
static const char *after_name(const char *at)
{
    bool quoted = false;

    for (; *at && (quoted || (*at != ',' && *at != ')')); at++)
        quoted = quoted != (*at == '"'); /* a doubled quote closes and reopens */
    return at;
}

static const char *next_name(const char *end)
{
    return *end == ',' ? end + 2 : end;
}

static bool lists(const char *list, const char *name, size_t len)
{
    for (const char *at = list + 1, *end; *at && *at != ')'; at = next_name(end)) {
        end = after_name(at);
        if ((size_t)(end - at) == len && strncmp(at, name, len) == 0)
            return true;
    }
    return false;
}

/* The names that both lists have, in the order of the first. */
static const char *common_names(void *arena, const char *list, const char *other)
{
    struct buffer out = buffer_make(arena, TEXT_MAX);

    buffer_char(&out, '(');
    for (const char *at = list + 1, *end; *at && *at != ')'; at = next_name(end)) {
        end = after_name(at);
        if (!lists(other, at, (size_t)(end - at)))
            continue;
        buffer_text(&out, out.len > 1 ? ", " : "");
        buffer_add(&out, at, (size_t)(end - at));
    }
    buffer_char(&out, ')');
    return buffer_string(&out);
}

/* ---- properties ---- */

/* Compares column order over the columns of both sides; additions and removals are reported separately. */
static bool is_order(const struct schema_field *field)
{
    return strcmp(field->name, "column order") == 0 || strcmp(field->name, "attribute order") == 0;
}

static bool order_differs(const char *a, const char *b)
{
    void *arena;
    const char *left, *right;
    bool differs;

    if (strcmp(a, b) == 0)
        return false;
    arena = talloc_new(NULL);
    left = common_names(arena, a, b);
    right = common_names(arena, b, a);
    differs = !left || !right || strcmp(left, right) != 0;
    talloc_free(arena);
    return differs;
}

static bool differs(const struct schema_object *a, const struct schema_object *b, size_t i)
{
    if (!a->values[i] || !b->values[i])
        return a->values[i] != b->values[i];
    if (is_order(&schema_lines[a->kind].fields[i]))
        return order_differs(a->values[i], b->values[i]);
    return strcmp(a->values[i], b->values[i]) != 0;
}

/* Whether any part of the qualified name differs that the field belongs to. */
static bool name_differs(const struct schema_object *a, const struct schema_object *b, size_t i)
{
    const struct schema_field *fields = schema_lines[a->kind].fields;
    bool found = false;

    while (i > 0 && strcmp(fields[i].before, ".") == 0)
        i--;
    do
        found = found || (!fields[i].key && differs(a, b, i));
    while (fields[++i].name && strcmp(fields[i].before, ".") == 0);
    return found;
}

static void add_property(struct buffer *out, const struct schema_field *field, const char *value)
{
    const char *before = field->before + strspn(field->before, " ");
    size_t len = strlen(before);

    while (field->type == SCHEMA_FLAG && len > 0 && before[len - 1] == ' ')
        len--;
    buffer_text(out, out->len > 0 && field->before[0] != '.' ? " " : "");
    if (strncmp(before, "= ", 2) != 0 && !is_order(field))
        buffer_add(out, before, len);
    if (field->type == SCHEMA_NAME)
        schema_format_name(out, value, strlen(value));
    else if (field->type == SCHEMA_TEXT)
        schema_format_text(out, value, strlen(value));
    else
        buffer_text(out, value);
    buffer_text(out, field->after ? field->after : "");
}

/* The properties of an object: all, or those that differ from `other`. NULL when there are none. */
static const char *properties_of(struct comparing *comparing, const struct schema_object *object,
                                 const struct schema_object *other)
{
    struct buffer out = buffer_make(comparing->arena, TEXT_MAX);
    size_t i = 0;

    for (const struct schema_field *field = schema_lines[object->kind].fields; field->name; field++, i++)
        if (!field->key && object->values[i] && (!other || name_differs(object, other, i)))
            add_property(&out, field, object->values[i]);
    comparing->failed = comparing->failed || out.failed;
    return out.len > 0 ? buffer_string(&out) : NULL;
}

static const char *names_of_properties(void *arena, const struct schema_object *a, const struct schema_object *b)
{
    struct buffer out = buffer_make(arena, TEXT_MAX);
    size_t i = 0;

    for (const struct schema_field *field = schema_lines[a->kind].fields; field->name; field++, i++)
        if (!field->key && differs(a, b, i))
            buffer_format(&out, "%s%s", out.len > 0 ? ", " : "", field->name);
    return buffer_string(&out);
}

/* ---- differences ---- */

static enum err add(struct comparing *comparing, struct schema_difference difference)
{
    struct schema_differences *found = comparing->found;
    enum schema_parity parity = schema_lines[difference.kind].parity;

    difference.object = name_of(comparing->arena, difference.a ? difference.a : difference.b);
    difference.parity =
        parity == SCHEMA_PARITY || (parity == SCHEMA_PARITY_ORDER && difference.change != SCHEMA_REORDERED);
    if (found->count == comparing->room) {
        comparing->room = comparing->room ? 2 * comparing->room : 64;
        found->items = talloc_realloc_size(comparing->arena, found->items, comparing->room * sizeof *found->items);
    }
    if (!found->items || !difference.object)
        return no_memory(comparing);
    found->items[found->count++] = difference;
    return OK;
}

/* Adds an object of a section of both dumps that only one of them has. */
static enum err add_single(struct comparing *comparing, const struct schema_object *object, bool removed)
{
    enum schema_section section = schema_lines[object->kind].section;
    const char *definition;

    if (!comparing->a->has[section] || !comparing->b->has[section])
        return OK;
    definition = properties_of(comparing, object, NULL);
    return add(comparing, (struct schema_difference){.change = removed ? SCHEMA_REMOVED : SCHEMA_ADDED,
                                                     .kind = object->kind,
                                                     .a = removed ? object : NULL,
                                                     .b = removed ? NULL : object,
                                                     .what = "",
                                                     .from = removed ? definition : NULL,
                                                     .to = removed ? NULL : definition});
}

/* Adds a difference whose only differing property is an order of columns, named `what`. */
static enum err add_reordered(struct comparing *comparing, const struct schema_object *a, const struct schema_object *b,
                              const char *what)
{
    const char *left = schema_value(a, what), *right = schema_value(b, what);
    const char *from = common_names(comparing->arena, left, right), *to = common_names(comparing->arena, right, left);

    if (!from || !to)
        return no_memory(comparing);
    return add(comparing,
               (struct schema_difference){
                   .change = SCHEMA_REORDERED, .kind = a->kind, .a = a, .b = b, .what = what, .from = from, .to = to});
}

static enum err compare_both(struct comparing *comparing, const struct schema_object *a, const struct schema_object *b)
{
    const char *what = names_of_properties(comparing->arena, a, b);

    if (!what)
        return no_memory(comparing);
    if (!*what)
        return OK;
    if (strcmp(what, "column order") == 0)
        return add_reordered(comparing, a, b, what);
    return add(comparing, (struct schema_difference){.change = SCHEMA_CHANGED,
                                                     .kind = a->kind,
                                                     .a = a,
                                                     .b = b,
                                                     .what = what,
                                                     .from = properties_of(comparing, a, b),
                                                     .to = properties_of(comparing, b, a)});
}

/* Merges the objects of both dumps, which have the same order. */
static enum err walk(struct comparing *comparing)
{
    const struct schema_document *a = comparing->a, *b = comparing->b;
    size_t i = 0, j = 0;
    enum err err = OK;

    while (!err && (i < a->count || j < b->count)) {
        const struct schema_object *left = i < a->count ? &a->objects[i] : NULL;
        const struct schema_object *right = j < b->count ? &b->objects[j] : NULL;
        int order = left && right ? schema_compare(left, right) : left ? -1 : 1;

        i += order <= 0;
        j += order >= 0;
        if (left && right && order == 0)
            err = compare_both(comparing, left, right);
        else if (left && order < 0)
            err = add_single(comparing, left, true);
        else if (right)
            err = add_single(comparing, right, false);
    }
    return err;
}

/* ---- renames ---- */

/* A definition without the name of its object: for an index, the part after ON. */
static const char *definition_of(const struct schema_object *object)
{
    const char *definition = schema_value(object, "definition");
    const char *on = object->kind == SCHEMA_INDEX ? strstr(definition, " ON ") : NULL;

    return on ? on : definition;
}

static bool is_unique(const struct schema_object *object)
{
    return strncmp(schema_value(object, "definition"), "CREATE UNIQUE ", strlen("CREATE UNIQUE ")) == 0;
}

/* Whether the index belongs to a constraint of the same name. */
static bool is_constraint(const struct schema_document *document, const struct schema_object *index)
{
    const struct schema_object *constraint = schema_find(
        document, &(struct schema_object){.kind = SCHEMA_CONSTRAINT,
                                          .values = {index->values[0], index->values[1], index->values[2]}});

    return constraint && schema_is_key(constraint);
}

static bool is_renamable(enum schema_kind kind)
{
    return kind == SCHEMA_CONSTRAINT || kind == SCHEMA_INDEX || kind == SCHEMA_DOMAIN_CONSTRAINT;
}

static bool is_rename(const struct comparing *comparing, const struct schema_difference *removed,
                      const struct schema_difference *added)
{
    const struct schema_object *a = removed->a, *b = added->b;

    return is_renamable(removed->kind) && removed->kind == added->kind && removed->change == SCHEMA_REMOVED &&
           added->change == SCHEMA_ADDED && strcmp(a->values[0], b->values[0]) == 0 &&
           strcmp(a->values[1], b->values[1]) == 0 && strcmp(definition_of(a), definition_of(b)) == 0 &&
           (a->kind != SCHEMA_INDEX ||
            (is_unique(a) == is_unique(b) && is_constraint(comparing->a, a) == is_constraint(comparing->b, b)));
}

/* Whether both concern parts of one relation; such differences are adjacent. */
static bool is_neighbour(const struct schema_difference *a, const struct schema_difference *b)
{
    const struct schema_object *left = a->a ? a->a : a->b, *right = b->a ? b->a : b->b;

    return left->kind == right->kind && strcmp(left->values[0], right->values[0]) == 0 &&
           strcmp(left->values[1], right->values[1]) == 0;
}

static const char *formatted_name(struct comparing *comparing, const struct schema_object *object)
{
    struct buffer out = buffer_make(comparing->arena, TEXT_MAX);
    const char *name = schema_value(object, "name");

    schema_format_name(&out, name, strlen(name));
    comparing->failed = comparing->failed || out.failed;
    return buffer_string(&out);
}

/* Finds the added object that replaces a removed one. Objects already used for a rename have no `what`. */
static void find_rename(struct comparing *comparing, struct schema_difference *removed, struct schema_difference *from,
                        const struct schema_difference *end)
{
    for (struct schema_difference *added = from; added < end && is_neighbour(removed, added); added++) {
        if (!added->what || !is_rename(comparing, removed, added))
            continue;
        removed->change = SCHEMA_RENAMED;
        removed->b = added->b;
        removed->what = "name";
        removed->from = formatted_name(comparing, removed->a);
        removed->to = formatted_name(comparing, added->b);
        added->what = NULL;
        return;
    }
}

/* Turns pairs of a removed and an added object into renamed ones. */
static void find_renames(struct comparing *comparing)
{
    struct schema_differences *found = comparing->found;
    struct schema_difference *first = found->items, *end = found->count > 0 ? first + found->count : first;
    size_t kept = 0;

    for (struct schema_difference *at = first; at < end; at++) {
        if (!is_renamable(at->kind))
            continue;
        if (!is_neighbour(at, first))
            first = at;
        if (at->change == SCHEMA_REMOVED && at->what)
            find_rename(comparing, at, first, end);
    }
    for (size_t i = 0; i < found->count; i++)
        if (found->items[i].what)
            found->items[kept++] = found->items[i];
    found->count = kept;
}

/* ---- consequences ---- */

/* Moves the consequences, sorted by cause, into an array of their own. */
static enum err gather(struct comparing *comparing, const size_t *causes)
{
    struct schema_differences *found = comparing->found;
    struct schema_difference *all = found->items, *next;
    size_t count = found->count;

    found->items = talloc_zero_size(comparing->arena, count * sizeof *all);
    next = talloc_zero_size(comparing->arena, count * sizeof *all);
    if (!found->items || !next)
        return no_memory(comparing);
    for (size_t i = 0; i < count; i++)
        if (causes[i] != DIFF_NO_CAUSE)
            all[causes[i]].with_count++;
    for (size_t i = 0; i < count; i++) {
        if (causes[i] != DIFF_NO_CAUSE)
            continue;
        all[i].with = next;
        next += all[i].with_count;
        all[i].with_count = 0;
    }
    for (size_t i = 0; i < count; i++)
        if (causes[i] != DIFF_NO_CAUSE)
            all[causes[i]].with[all[causes[i]].with_count++] = all[i];
    found->count = 0;
    for (size_t i = 0; i < count; i++)
        if (causes[i] == DIFF_NO_CAUSE)
            found->items[found->count++] = all[i];
    return OK;
}

static enum err set_followers_aside(struct comparing *comparing)
{
    size_t *causes;

    if (comparing->found->count == 0)
        return OK;
    causes = talloc_zero_size(comparing->arena, comparing->found->count * sizeof *causes);
    if (!causes)
        return no_memory(comparing);
    TRY(diff_dependencies_find(comparing->arena, comparing->a, comparing->b, comparing->found, causes,
                               comparing->error));
    return gather(comparing, causes);
}

enum err schema_diff(void *arena, const struct schema_document *a, const struct schema_document *b,
                     struct schema_differences *differences, struct error *error)
{
    struct comparing comparing = {.arena = arena, .a = a, .b = b, .found = differences, .error = error};

    *differences = (struct schema_differences){0};
    TRY(walk(&comparing));
    find_renames(&comparing);
    return comparing.failed ? no_memory(&comparing) : set_followers_aside(&comparing);
}
