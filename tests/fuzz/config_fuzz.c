/* Fuzzes the parser of the configuration file, and the checks of its values. */
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "config/config_table.h"
#include "fuzz.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("# a comment\n\nORGD_LISTEN=127.0.0.1:8000\nAGENTA_AUTH_KEY='a key'\n"),
    FUZZ_SEED("POSTGRES_URI_CORE=postgresql+asyncpg://user:password@host:5432/core?sslmode=require\r\n"),
    FUZZ_SEED("export ORGD_WORKERS = \"12\" # twelve\nORGD_DATA_DIR=\\tmp\n"),
    FUZZ_SEED("A=\"unfinished\n=\nA\nA=\xff\n"),
    {0},
};

/* The error messages about a secret: they contain nothing but these fixed texts. */
static int is_discreet(const char *cause)
{
    static const char *const sentences[] = {
        "subject is not valid UTF-8.",
        "subject is not free of control characters.",
        "subject is not a connection URI like postgresql://user:password@host:5432/database.",
        "subject is longer than 8192 bytes.",
    };

    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (strcmp(sentences[i], cause) == 0)
            return 1;
    }
    return 0;
}

/* A value is accepted, or refused with a sentence. A line that sets no variable is tried on one of them. */
static void check_value(void *arena, const struct config_line *line)
{
    const struct config_row *row = config_row_find(line->key);
    struct config config = {0};
    struct error error = {0};
    enum err err;

    if (!row)
        row = &config_rows[line->number % config_row_count];
    if (!row->name)
        return;
    err = config_row_set(arena, row, &config, "subject", line->value, &error);
    require(err == OK || (err == ERR_USAGE && error.cause[0] != '\0'));
    require(err == OK || row->type != CONFIG_SECRET || is_discreet(error.cause));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    struct config_line *lines = NULL;
    size_t count = 0;
    struct error error = {0};
    enum err err = config_file_parse(arena, "file", (const char *)data, size, &lines, &count, &error);

    require(err == OK || (err == ERR_USAGE && strncmp(error.cause, "file:", 5) == 0));
    for (size_t i = 0; i < count; i++) {
        require(lines[i].key[0] != '\0' && lines[i].number > (i > 0 ? lines[i - 1].number : 0));
        require(text_valid(lines[i].value, strlen(lines[i].value)));
        check_value(arena, &lines[i]);
    }
    (void)talloc_free(arena);
    return 0;
}
