/* Loads the configuration from the environment and a file. */
#include "config/config.h"

#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "base/nearest.h"
#include "base/platform.h"
#include "config/config_table.h"

/* State of loading. */
struct loading {
    void *arena;
    struct config *config;
    const char *file;
    struct config_line *lines;
    size_t line_count;
    struct config_stray *strays;
    size_t stray_count;
    struct error *error;
};

static enum err no_memory(struct error *error)
{
    return error_set(error, ERR_MEMORY, "There is no memory for the configuration.");
}

static const struct config_line *line_of(const struct loading *loading, const char *name)
{
    for (size_t i = 0; i < loading->line_count; i++) {
        if (strcmp(loading->lines[i].key, name) == 0)
            return &loading->lines[i];
    }
    return NULL;
}

/* Empty counts as unset, except for lists, where it hides the aliases. */
static bool counts(const struct config_row *row, const char *value)
{
    return value && (*value || row->type == CONFIG_LIST);
}

/* Finds the value of a row. `origin->where` is NULL for the default. False without memory. */
static bool find_value(const struct loading *loading, const struct config_row *row, const char **value,
                       struct config_origin *origin)
{
    char name[CONFIG_NAME_MAX];

    *origin = (struct config_origin){.where = "default"};
    *value = row->initial;
    for (size_t i = 0; config_row_name(row, i, name); i++) {
        const char *text = platform.environment(name);

        if (!counts(row, text))
            continue;
        *value = text;
        *origin = (struct config_origin){talloc_strdup(loading->arena, name), "environment"};
        return origin->name != NULL;
    }
    for (size_t i = 0; config_row_name(row, i, name); i++) {
        const struct config_line *line = line_of(loading, name);

        if (!line || !counts(row, line->value))
            continue;
        *value = line->value;
        *origin =
            (struct config_origin){line->key, talloc_asprintf(loading->arena, "%s:%zu", loading->file, line->number)};
        return origin->where != NULL;
    }
    return true;
}

static enum err load_row(struct loading *loading, const struct config_row *row)
{
    struct config_origin *origin = &loading->config->origins[row - config_rows];
    const char *value = NULL;
    const char *subject;

    if (!find_value(loading, row, &value, origin))
        return no_memory(loading->error);
    subject = origin->name;
    if (subject && strcmp(origin->where, "environment") != 0)
        subject = talloc_asprintf(loading->arena, "%s: %s", origin->where, origin->name);
    return config_row_set(loading->arena, row, loading->config, subject ? subject : row->name, value, loading->error);
}

static const char *nearest_name(const char *name)
{
    struct nearest nearest = nearest_to(name);
    char known[CONFIG_NAME_MAX];

    for (size_t i = 0; i < config_row_count; i++) {
        if (config_rows[i].name)
            nearest_offer(&nearest, config_rows[i].name);
    }
    for (size_t i = 0; i < config_row_count; i++) {
        size_t before = nearest.distance;

        for (size_t j = 1; config_rows[i].name && config_row_name(&config_rows[i], j, known); j++)
            nearest_offer(&nearest, known);
        if (nearest.distance < before)
            nearest.best = config_rows[i].name; /* for an alias, suggest the name */
    }
    return nearest.best;
}

/* The other name of the row that wins over `name`; NULL when `name` wins, or the default applies. */
static const char *hider_of(const struct loading *loading, const struct config_row *row, const char *name)
{
    const char *set_as = loading->config->origins[row - config_rows].name;

    return set_as && strcmp(set_as, name) != 0 ? set_as : NULL;
}

/* Records a name that has no effect. Names of other programs are ignored. */
static bool add_stray(struct loading *loading, const char *name, const char *value, const char *where)
{
    bool ours = strncmp(name, "AGENTA_", 7) == 0 || strncmp(name, "ORGD_", 5) == 0;
    struct config_stray stray = {.name = name, .where = where};
    const struct config_row *row = config_row_find(name);

    if (row) {
        stray.hider = hider_of(loading, row, name);
        if (!stray.hider)
            return true;
        stray.reason = talloc_asprintf(loading->arena, "%s is set too, and wins", stray.hider);
        if (!stray.reason)
            return false;
    }
    for (size_t i = 0; i < config_unused_count && !stray.reason; i++) {
        if (strcmp(config_unused[i].name, name) == 0)
            stray.reason = config_unused[i].reason;
    }
    if (stray.reason ? !*value : !ours)
        return true;
    if (!stray.reason)
        stray.nearest = nearest_name(name);
    loading->strays = talloc_realloc_size(loading->arena, loading->strays, (loading->stray_count + 1) * sizeof stray);
    if (!loading->strays)
        return false;
    loading->strays[loading->stray_count++] = stray;
    return true;
}

static enum err find_strays(struct loading *loading)
{
    for (const char *const *entry = platform.environment_all(); *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        const char *name = equals ? talloc_strndup(loading->arena, *entry, (size_t)(equals - *entry)) : "";

        if (!name || (equals && !add_stray(loading, name, equals + 1, "environment")))
            return no_memory(loading->error);
    }
    for (size_t i = 0; i < loading->line_count; i++) {
        const struct config_line *line = &loading->lines[i];
        const char *where = talloc_asprintf(loading->arena, "%s:%zu", loading->file, line->number);

        if (!where || !add_stray(loading, line->key, line->value, where))
            return no_memory(loading->error);
    }
    return OK;
}

enum err config_load(void *arena, const char *file, struct config *config, struct error *error)
{
    struct loading loading = {.arena = arena, .config = config, .file = file, .error = error};
    enum err err = OK;

    *config = (struct config){.origins = talloc_zero_array(arena, struct config_origin, (unsigned)config_row_count)};
    if (!config->origins)
        return no_memory(error);
    if (file)
        err = config_file_read(arena, file, &loading.lines, &loading.line_count, error);
    for (size_t i = 0; i < config_row_count && !err; i++) {
        if (config_rows[i].name)
            err = load_row(&loading, &config_rows[i]);
    }
    if (!err)
        err = find_strays(&loading);
    config->strays = loading.strays;
    config->stray_count = loading.stray_count;
    return err;
}

enum err config_override(void *arena, struct config *config, const char *name, const char *value, const char *where,
                         struct error *error)
{
    const struct config_row *row = config_row_find(name);
    enum err err;

    if (!row)
        return error_set(error, ERR_USAGE, "There is no variable %.64s.", name);
    err = config_row_set(arena, row, config, where, value, error);
    if (!err)
        config->origins[row - config_rows] = (struct config_origin){row->name, where};
    return err;
}

const char *config_set_as(const struct config *config, const char *name)
{
    const struct config_row *row = config_row_find(name);
    const struct config_origin *origin = row && config->origins ? &config->origins[row - config_rows] : NULL;

    return origin && origin->name ? origin->name : name;
}

void config_warn(const struct config *config)
{
    for (size_t i = 0; i < config->stray_count; i++) {
        const struct config_stray *stray = &config->strays[i];

        if (stray->reason)
            continue;
        log_message(LOG_WARNING, "%.64s (%.200s) is not a known variable%s%s%s", stray->name, stray->where,
                    stray->nearest ? "; did you mean " : "", stray->nearest ? stray->nearest : "",
                    stray->nearest ? "?" : ".");
    }
}

bool config_is_enterprise(const struct config *config)
{
    return config->license && strcmp(config->license, "ee") == 0;
}

bool config_auth_core(const struct config *config)
{
    return config->auth_core && strcmp(config->auth_core, "off") != 0;
}

const char *config_auth_core_listen(const struct config *config)
{
    return config_auth_core(config) && strcmp(config->auth_core, "on") != 0 ? config->auth_core : NULL;
}

const char *config_default_plan(const struct config *config)
{
    if (config->default_plan && *config->default_plan)
        return config->default_plan;
    return config->stripe_key && *config->stripe_key ? "cloud_v0_hobby" : "self_hosted_enterprise";
}
