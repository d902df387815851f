/* Runs a program from its tables: from main's arguments to the exit status. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"
#include "cli/options.h"

#define TEXT_MAX (1024 * 1024)

int command_failed(const struct error *error)
{
    void *arena = talloc_new(NULL);
    struct buffer line = buffer_make(arena, 4096);

    buffer_text(&line, "orgd: ");
    utf8_show(&line, error->cause, sizeof error->cause);
    if (line.len > 0 && !strchr(".?!", line.data[line.len - 1]))
        buffer_char(&line, '.');
    buffer_char(&line, '\n');
    log_flush();
    (void)fputs(line.failed ? "orgd: There is no memory to say what went wrong.\n" : buffer_string(&line), stderr);
    (void)talloc_free(arena);
    return error->code == ERR_USAGE ? STATUS_USAGE : STATUS_COULD_NOT;
}

/* Writes text without control characters, which may come from names and would control the terminal. */
static void show_lines(const char *text, struct buffer *out)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n\t");

        utf8_show(out, talloc_strndup(out->arena, text, len) ?: "", len);
        if (text[len] != '\0')
            buffer_char(out, text[len++]);
        text += len;
    }
}

int command_output(const struct buffer *out)
{
    struct error error;
    struct buffer shown = buffer_make(out->arena, SIZE_MAX);

    if (isatty(STDOUT_FILENO) && buffer_string(out)) {
        show_lines(buffer_string(out), &shown);
        out = &shown;
    }
    if (!buffer_string(out)) {
        (void)error_set(&error, ERR_MEMORY, "There is no memory for the output.");
        return command_failed(&error);
    }
    if (fwrite(buffer_string(out), 1, out->len, stdout) == out->len && fflush(stdout) == 0)
        return STATUS_DONE;
    (void)error_set(&error, ERR_SYSTEM, "The output cannot be written: %s.", strerrordesc_np(errno));
    return command_failed(&error);
}

static int show_help(const struct options *options)
{
    struct buffer out = buffer_make(options->arena, TEXT_MAX);

    /* The parser has found the topic, so it has a text. */
    if (!options_help(options->program, options->topic, &out))
        out.failed = true;
    return command_output(&out);
}

static int show_version(const struct options *options)
{
    struct buffer out = buffer_make(options->arena, TEXT_MAX);

    buffer_format(&out, "%s %s\n", options->program->name, options->program->version);
    return command_output(&out);
}

/* Applies options that set variables; they win over environment and file. */
static enum err override(const struct options *options, struct config *config, struct error *error)
{
    enum err err = OK;

    for (size_t i = 0; i < options->given_count && !err; i++) {
        const struct option_given *given = &options->given[i];
        const char *where;

        if (!given->row->variable)
            continue;
        where = talloc_asprintf(options->arena, "--%s", given->row->name);
        if (!where)
            return error_set(error, ERR_MEMORY, "There is no memory for the configuration.");
        err = config_override(options->arena, config, given->row->variable, given->value ? given->value : "true", where,
                              error);
    }
    return err;
}

static void configure_log(const struct config *config)
{
    enum log_level level = LOG_INFO;

    if (strcmp(config->log_level, "debug") == 0)
        level = LOG_DEBUG;
    else if (strcmp(config->log_level, "warning") == 0)
        level = LOG_WARNING;
    else if (strcmp(config->log_level, "error") == 0)
        level = LOG_ERROR;
    log_configure(level, strcmp(config->log_format, "json") == 0 ? LOG_JSON : LOG_LOGFMT);
}

static int run_command(const struct options *options)
{
    struct config config;
    struct error error = {0};

    if (options->command->unconfigured)
        return options->command->run(NULL, options);
    if (config_load(options->arena, option_value(options, "config"), &config, &error) ||
        override(options, &config, &error))
        return command_failed(&error);
    configure_log(&config);
    config_warn(&config);
    if (options->program->configured && options->program->configured(&config, &error))
        return command_failed(&error);
    return options->command->run(&config, options);
}

/* Opens /dev/null for closed standard streams: their numbers must not become those of connections. */
static void reserve_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

int options_main(const struct program *program, int argc, char *const *argv)
{
    void *arena = talloc_new(NULL);
    struct options options;
    struct error error = {0};
    int status;

    reserve_streams();
    if (options_parse(arena, program, argc, argv, &options, &error))
        status = command_failed(&error);
    else if (options.help)
        status = show_help(&options);
    else if (options.version)
        status = show_version(&options);
    else
        status = run_command(&options);
    log_flush();
    (void)talloc_free(arena);
    return status;
}
