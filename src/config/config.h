/* The configuration: one table of typed variables (config.def), read from the environment and an optional file. */
#ifndef ORGD_CONFIG_CONFIG_H
#define ORGD_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct config_list {
    const char *const *items; /* trimmed, lower-cased, no empty ones */
    size_t count;
};

/* The origin of a value. */
struct config_origin {
    const char *name;  /* the name or alias that was set; NULL for the default */
    const char *where; /* "environment", "orgd.conf:12", "--listen"; "default" */
};

/* A name that is set but has no effect. */
struct config_stray {
    const char *name;
    const char *where;
    const char *nearest; /* the nearest known name, or NULL */
    const char *reason;  /* why a known name has no effect; NULL for an unknown one */
    const char *hider;   /* another name of the same variable that is set and wins, or NULL */
};

/* One member per row of config.def. TEXT and SECRET are NULL when unset and without default. */
struct config {
#define CONFIG_TEXT const char *
#define CONFIG_SECRET const char *
#define CONFIG_FLAG bool
#define CONFIG_NUMBER int64_t
#define CONFIG_LIST struct config_list
#define SETTING(member, type, name, aliases, initial, help) CONFIG_##type member;
#include "config/config.def"
#undef SETTING
#undef CONFIG_TEXT
#undef CONFIG_SECRET
#undef CONFIG_FLAG
#undef CONFIG_NUMBER
#undef CONFIG_LIST
    struct config_origin *origins; /* one per row, in the order of config.def */
    const struct config_stray *strays;
    size_t stray_count;
    int64_t auth_key_accepted_until_us; /* platform.realtime_us; set when the keys are settled */
};

/*
 * Reads every variable: environment first, then `file` (may be NULL; `KEY=value` lines, `#` comments, optional quotes,
 * see docs/configuration.md), then the default. The first set one of a name and its aliases wins, all of them in the
 * environment before any in the file; empty counts as unset, except for lists, where an empty but set name hides its
 * aliases. Values are checked against their type and range. Unknown AGENTA_* and ORGD_* names become strays. The texts
 * live in `arena`. ERR_USAGE with the sentence in `error` for a value or file that cannot be used; secrets are never
 * part of it.
 */
enum err config_load(void *arena, const char *file, struct config *config, struct error *error) MUST_CHECK;

/* Sets the variable `name`, with the usual checks; `where` (borrowed) is its origin. ERR_USAGE as in config_load.
 */
enum err config_override(void *arena, struct config *config, const char *name, const char *value, const char *where,
                         struct error *error) MUST_CHECK;

/* The name or alias under which the variable `name` is set; `name` itself for a default. */
const char *config_set_as(const struct config *config, const char *name);

/* Logs one warning for each unknown name among the strays. */
void config_warn(const struct config *config);

/* Writes every variable with its value (secrets masked), origin and description, as a text table or JSON. */
enum err config_print(const struct config *config, bool json, struct buffer *out) MUST_CHECK;

/* Writes the unmasked value of one variable, found by name or alias. ERR_USAGE for an unknown name. */
enum err config_reveal(const struct config *config, const char *name, struct buffer *out,
                       struct error *error) MUST_CHECK;

/* Writes the table of variables for docs/configuration.md, in Markdown. */
void config_document(struct buffer *out);

/* Whether AGENTA_LICENSE selects the enterprise edition. */
bool config_is_enterprise(const struct config *config);

/* Whether ORGD_AUTH_CORE is on, by itself or with a listener of its own. */
bool config_auth_core(const struct config *config);

/* The address of the auth core's own listener; NULL: it has none. Borrows from `config`. */
const char *config_auth_core_listen(const struct config *config);

/* The default plan of an organization in the enterprise edition. Borrows from `config`. */
const char *config_default_plan(const struct config *config);

#endif
