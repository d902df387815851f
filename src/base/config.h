/* The configuration: one table of typed variables (config.def), read from the environment and an optional file. */
#ifndef ORGD_BASE_CONFIG_H
#define ORGD_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct config_list {
    const char *const *items; /* trimmed, lower-cased, no empty ones */
    size_t count;
};

/* One member per row of config.def. TEXT and SECRET are NULL when unset and without default. */
struct config {
#define CONFIG_TEXT const char *
#define CONFIG_SECRET const char *
#define CONFIG_FLAG bool
#define CONFIG_NUMBER int64_t
#define CONFIG_LIST struct config_list
#define SETTING(member, type, name, aliases, initial, help) CONFIG_##type member;
#include "config.def"
#undef SETTING
#undef CONFIG_TEXT
#undef CONFIG_SECRET
#undef CONFIG_FLAG
#undef CONFIG_NUMBER
#undef CONFIG_LIST
};

/*
 * Reads every variable: environment first, then `file` (may be NULL; `KEY=value` lines, `#` comments, optional quotes), then the
 * default. The first set one of a name and its aliases wins; empty counts as unset, except for lists, where an empty but set name hides
 * its aliases. Values are checked against their type and range. Warns on unknown AGENTA_* and ORGD_* names with the nearest known one.
 * The texts live in `arena`. ERR_USAGE with the sentence in `error` for a value or file that cannot be used.
 */
enum err config_load(void *arena, const char *file, struct config *config, struct error *error) MUST_CHECK;

/* Writes every variable: name, value in force (secrets masked), where it came from, what it is for. As text table or JSON. */
enum err config_print(const struct config *config, bool json, struct buffer *out) MUST_CHECK;

#endif
