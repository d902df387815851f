/* Runs `orgd schema dump`. */
#include "commands/schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/file.h"
#include "db/db.h"
#include "schema/dump.h"

#define DUMP_MAX ((size_t)1 << 30)
#define CONNECT_MS 10000
/* The catalog of a large database, and above all counting, takes its time. */
#define STATEMENT_MS (3600LL * 1000)

const struct option_row schema_dump_command_options[] = {
    {.name = "counts", .help = "Count the rows of every table too"},
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .help = "Write to a file, which appears only when it is complete"},
    {0},
};

/* Puts `out` under `path` by renaming a finished file, so that nobody ever sees half of it. */
static enum err write_file(void *arena, const char *path, const struct buffer *out, struct error *error)
{
    char *temporary = talloc_asprintf(arena, "%s.XXXXXX", path);
    mode_t mask = umask(0);
    int fd;
    bool written;
    int saved;

    (void)umask(mask);
    if (!temporary)
        return error_set(error, ERR_MEMORY, "out of memory");
    fd = mkstemp(temporary);
    if (fd < 0)
        return error_set(error, ERR_SYSTEM, "%s cannot be written: %m", path);
    /* mkstemp makes it private; it gets the permissions of any other new file */
    written = file_write_all(fd, out->data, out->len) == 0 && fchmod(fd, 0666 & ~mask) == 0 && fsync(fd) == 0;
    written = close(fd) == 0 && written;
    if (written && rename(temporary, path) == 0)
        return OK;
    saved = errno;
    (void)unlink(temporary);
    errno = saved;
    return error_set(error, ERR_SYSTEM, "%s cannot be written: %m", path);
}

int schema_dump_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, DUMP_MAX);
    struct schema_dump_options what = {.counts = option_given(options, "counts")};
    struct db_options connection = {.uri = options->arguments[0],
                                    .name = "orgd schema dump",
                                    .connect_ms = CONNECT_MS,
                                    .statement_ms = STATEMENT_MS};
    const char *file = option_value(options, "output");
    struct db *db = db_create(options->arena, &connection);
    struct error error;
    enum err err;

    (void)config;
    err = db != NULL ? db_connect(db, &error) : error_set(&error, ERR_MEMORY, "out of memory");
    if (err == OK)
        err = schema_dump(db, &what, &out, &error);
    if (err == OK && file != NULL)
        err = write_file(options->arena, file, &out, &error);
    if (err != OK)
        return command_failed(&error);
    return file != NULL ? STATUS_DONE : command_output(&out);
}
