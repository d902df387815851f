/* The command line: parser, help, manual page and shell completion, all from tables of commands and options. */
#ifndef ORGD_CLI_OPTIONS_H
#define ORGD_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"

/* Exit statuses. */
enum exit_status {
    STATUS_DONE = 0,      /* done, equal, yes */
    STATUS_NO = 1,        /* no, differs, behind */
    STATUS_USAGE = 2,     /* wrong command line or configuration */
    STATUS_COULD_NOT = 3, /* no connection, no permission, refused */
};

/* One option, `--name` or `--name VALUE`. */
struct option_row {
    const char *name;     /* without hyphens; NULL ends a table */
    char letter;          /* short form, or 0 */
    bool repeated;        /* may be repeated */
    const char *value;    /* placeholder of the value, "FILE"; lower-case words with bars, "archive|drop", are the only
                             ones allowed; NULL: a switch without value */
    const char *variable; /* the variable of config.def that it overrides, or NULL */
    const char *help;     /* one sentence without final period */
};

struct options;

/* One command, or `group subcommand`. */
struct command {
    const char *name;                 /* "serve", "migrate up" */
    const char *arguments;            /* "", "EMAIL", "A B", "[URI]", "[NAME]..." */
    const char *summary;              /* one line without final period */
    const char *details;              /* further paragraphs for --help and the man page, or NULL */
    const struct option_row *options; /* ends with a row without name; or NULL */
    /* Returns an enum exit_status. */
    int (*run)(const struct config *config, const struct options *options);
    bool unconfigured; /* runs without configuration: `config` is NULL */
    bool hidden;       /* not listed */
};

struct program {
    const char *name;
    const char *version;
    const char *summary;
    const char *details;
    const struct option_row *options; /* accepted before and after every command */
    const struct command *commands;
    size_t count;
    /* Called with the configuration before a command that has one; may refuse. */
    enum err (*configured)(const struct config *config, struct error *error);
};

struct option_given {
    const struct option_row *row;
    const char *value; /* NULL for a switch */
};

/* A parsed command line. The texts are those of main's arguments. */
struct options {
    void *arena; /* lives as long as the command runs */
    const struct program *program;
    const struct command *command; /* NULL with `help` or `version` of the whole program */
    const char *const *arguments;
    size_t argument_count;
    const struct option_given *given;
    size_t given_count;
    const char *topic; /* with `help`: the command or group asked about, NULL for the program */
    bool help;
    bool version;
};

/*
 * Parses main's arguments. `--` ends options. ERR_USAGE with a sentence that names the nearest known word. Allocates in
 * `arena`.
 */
enum err options_parse(void *arena, const struct program *program, int argc, char *const *argv, struct options *options,
                       struct error *error) MUST_CHECK;

/* Runs the program: parses, loads the configuration, runs the command, and returns the exit status. Errors go to
 * stderr. */
int options_main(const struct program *program, int argc, char *const *argv);

/* Whether an option was given. The command must have the option: otherwise the program aborts. */
bool option_given(const struct options *options, const char *name);
/* The value of an option, the last one if repeated; NULL when not given. */
const char *option_value(const struct options *options, const char *name);
/* Value number `index` of a repeated option; NULL after the last one. */
const char *option_value_at(const struct options *options, const char *name, size_t index);

/* Prints `orgd: cause` on stderr, and returns the exit status of the code: 2 for ERR_USAGE, otherwise 3. */
int command_failed(const struct error *error);
/* Writes `out` to stdout and returns 0; prints an error and returns 3 when that fails or `out` has failed. */
int command_output(const struct buffer *out);

/* Texts from the tables. `topic` is the name of a command or group, or NULL for the program; false if it is unknown.
 */
bool options_help(const struct program *program, const char *topic, struct buffer *out) MUST_CHECK;
void options_manual(const struct program *program, struct buffer *out);
void options_completion_bash(const struct program *program, struct buffer *out);

#endif
