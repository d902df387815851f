/* Reads the configuration file: lines of KEY=value. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/utf8.h"
#include "config/config_table.h"

#define FILE_MAX_BYTES (1024 * 1024)
#define LINES_MAX 4096 /* lines that set a variable */

/* State of reading one file. */
struct reader {
    void *arena;
    const char *name;
    const char *at;
    const char *end; /* of the line, without its line feed */
    size_t number;
    struct error *error;
};

static enum err complain(struct reader *reader, const char *sentence)
{
    return error_set(reader->error, ERR_USAGE, "%s:%zu: %s", reader->name, reader->number, sentence);
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t'))
        reader->at++;
}

static bool name_char(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

static enum err check_characters(struct reader *reader)
{
    uint32_t point = 0;

    for (const char *at = reader->at; at < reader->end;) {
        size_t bytes = utf8_read(at, reader->end, &point);

        if (bytes == 0)
            return complain(reader, "The line is not valid UTF-8.");
        if (point != '\t' && (point < 0x20 || point == 0x7f))
            return complain(reader, "The line holds a control character.");
        at += bytes;
    }
    return OK;
}

static enum err read_key(struct reader *reader, const char **key)
{
    const char *from;

    if (reader->end - reader->at > 7 && memcmp(reader->at, "export", 6) == 0 &&
        (reader->at[6] == ' ' || reader->at[6] == '\t')) {
        reader->at += 7;
        skip_blanks(reader);
    }
    from = reader->at;
    while (reader->at < reader->end && name_char(*reader->at, reader->at == from))
        reader->at++;
    *key = talloc_strndup(reader->arena, from, (size_t)(reader->at - from));
    if (!*key)
        return error_set(reader->error, ERR_MEMORY, "There is no memory for the configuration.");
    skip_blanks(reader);
    if (!**key || reader->at == reader->end || *reader->at != '=')
        return complain(reader, "The line is neither NAME=value nor a comment that begins with #.");
    reader->at++;
    skip_blanks(reader);
    return OK;
}

/* Reads up to the closing quote. Within double quotes a backslash escapes a quote, a backslash or a dollar sign, or
 * makes a line feed or tab. */
static enum err read_quoted(struct reader *reader, struct buffer *value)
{
    static const char escapes[] = "\"\"\\\\$$n\nt\t";
    char quote = *reader->at++;

    for (; reader->at < reader->end && *reader->at != quote; reader->at++) {
        const char *pair = escapes;

        if (quote == '\'' || *reader->at != '\\') {
            buffer_char(value, *reader->at);
            continue;
        }
        reader->at++;
        while (*pair && (reader->at == reader->end || *pair != *reader->at))
            pair += 2;
        if (!*pair)
            return complain(
                reader,
                "Within double quotes a backslash stands before \", \\, $, n or t only; single quotes take it as "
                "it is.");
        buffer_char(value, pair[1]);
    }
    if (reader->at == reader->end)
        return complain(reader, "The closing quote is missing.");
    reader->at++;
    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at != '#')
        return complain(reader, "There is text after the closing quote.");
    return OK;
}

/* Reads up to the end of the line, or to a # after a blank. */
static void read_bare(struct reader *reader, struct buffer *value)
{
    const char *from = reader->at;
    const char *end = from;

    for (; reader->at < reader->end; reader->at++) {
        bool blank = *reader->at == ' ' || *reader->at == '\t';

        if (*reader->at == '#' && (reader->at == from || reader->at[-1] == ' ' || reader->at[-1] == '\t'))
            break;
        if (!blank)
            end = reader->at + 1;
    }
    buffer_add(value, from, (size_t)(end - from));
}

static enum err read_line(struct reader *reader, struct config_line *line)
{
    struct buffer value = buffer_make(reader->arena, FILE_MAX_BYTES);
    enum err err = read_key(reader, &line->key);

    if (!err && reader->at < reader->end && (*reader->at == '"' || *reader->at == '\''))
        err = read_quoted(reader, &value);
    else if (!err)
        read_bare(reader, &value);
    if (err)
        return err;
    line->value = buffer_string(&value);
    line->number = reader->number;
    return line->value ? OK : error_set(reader->error, ERR_MEMORY, "There is no memory for the configuration.");
}

static enum err add_line(struct reader *reader, struct config_line **lines, size_t *count)
{
    struct config_line line = {0};

    TRY(read_line(reader, &line));
    if (*count == LINES_MAX)
        return complain(reader, "The file sets more than 4096 variables.");
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*lines)[i].key, line.key) == 0)
            return error_set(reader->error, ERR_USAGE, "%s:%zu: %.64s is set a second time, after line %zu.",
                             reader->name, reader->number, line.key, (*lines)[i].number);
    }
    *lines = talloc_realloc_size(reader->arena, *lines, (*count + 1) * sizeof line);
    if (!*lines)
        return error_set(reader->error, ERR_MEMORY, "There is no memory for the configuration.");
    (*lines)[(*count)++] = line;
    return OK;
}

enum err config_file_parse(void *arena, const char *name, const char *text, size_t len, struct config_line **lines,
                           size_t *count, struct error *error)
{
    struct reader reader = {.arena = arena, .name = name, .error = error};
    const char *end = text + len;

    *lines = NULL;
    *count = 0;
    while (text < end) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));

        reader.at = text;
        reader.end = feed ? feed : end;
        reader.number++;
        text = feed ? feed + 1 : end;
        if (reader.end > reader.at && reader.end[-1] == '\r')
            reader.end--;
        if (reader.number == 1 && reader.end - reader.at >= 3 && memcmp(reader.at, "\xef\xbb\xbf", 3) == 0)
            reader.at += 3; /* byte order mark */
        TRY(check_characters(&reader));
        skip_blanks(&reader);
        if (reader.at == reader.end || *reader.at == '#')
            continue;
        TRY(add_line(&reader, lines, count));
    }
    return OK;
}

enum err config_file_read(void *arena, const char *path, struct config_line **lines, size_t *count, struct error *error)
{
    struct buffer text = buffer_make(arena, FILE_MAX_BYTES);
    char chunk[4096];
    ssize_t got = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    while (fd >= 0 && (got = read(fd, chunk, sizeof chunk)) > 0 && !text.failed)
        buffer_add(&text, chunk, (size_t)got);
    if (got < 0)
        (void)error_set(error, ERR_USAGE, "The configuration file %s cannot be read: %s.", path,
                        strerrordesc_np(errno));
    if (fd >= 0)
        (void)close(fd);
    if (got < 0)
        return ERR_USAGE;
    if (text.failed)
        return error_set(error, ERR_USAGE, "The configuration file %s is larger than 1 MiB.", path);
    return config_file_parse(arena, path, buffer_string(&text), text.len, lines, count, error);
}
