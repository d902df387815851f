/* The rows of config.def as data, for the files of this folder only. */
#ifndef ORGD_CONFIG_CONFIG_TABLE_H
#define ORGD_CONFIG_CONFIG_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

enum config_type { CONFIG_TEXT, CONFIG_SECRET, CONFIG_FLAG, CONFIG_NUMBER, CONFIG_LIST };

struct config_row {
    enum config_type type;
    size_t offset; /* of the member in struct config */
    const char *section;
    const char *name;
    const char *aliases; /* separated by spaces, in lookup order */
    const char *initial;
    const char *help; /* a bar separates the rule for the value, if there is one */
};

/* A variable of Agenta that has no effect here. */
struct config_unused {
    const char *name;
    const char *reason;
};

extern const struct config_row config_rows[];
extern const size_t config_row_count;
extern const struct config_unused config_unused[];
extern const size_t config_unused_count;

/* Copies the name of a row (`index` 0) or one of its aliases into `name`; false after the last one. */
#define CONFIG_NAME_MAX 64
bool config_row_name(const struct config_row *row, size_t index, char name[CONFIG_NAME_MAX]);

/* The row with this name or alias, or NULL. */
const struct config_row *config_row_find(const char *name);

/* Checks `value` and stores it in its member. `subject` begins the sentence of an error: "orgd.conf:3: ORGD_QUEUE". */
enum err config_row_set(void *arena, const struct config_row *row, struct config *config, const char *subject,
                        const char *value, struct error *error) MUST_CHECK;

/* A `KEY=value` line of a file; the texts live in the arena of the reader. */
struct config_line {
    const char *key;
    const char *value;
    size_t number; /* from 1 */
};

/* Parses the text of a file called `name`. ERR_USAGE with "NAME:LINE: ..." for a malformed line or a repeated key. */
enum err config_file_parse(void *arena, const char *name, const char *text, size_t len, struct config_line **lines,
                           size_t *count, struct error *error) MUST_CHECK;
/* The same for the file at `path`. */
enum err config_file_read(void *arena, const char *path, struct config_line **lines, size_t *count,
                          struct error *error) MUST_CHECK;

#endif
