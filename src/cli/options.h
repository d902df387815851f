/* The command line: tables of commands and options give parsing, help, man page and shell completion. */
#ifndef ORGD_CLI_OPTIONS_H
#define ORGD_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"

/* What the program ends with. */
enum exit_status {
    STATUS_DONE = 0,      /* done, equal, yes */
    STATUS_NO = 1,        /* no, differs, behind */
    STATUS_USAGE = 2,     /* the command line or the configuration cannot be used */
    STATUS_COULD_NOT = 3, /* connection, permission, refused */
};

/* One option, `--name` or `--name VALUE`. */
struct option_row {
    const char *name;     /* without hyphens; NULL ends a table */
    char letter;          /* short form, or 0 */
    bool repeated;        /* may be given several times */
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
    /* Answers an enum exit_status. */
    int (*run)(const struct config *config, const struct options *options);
    bool unconfigured; /* runs without reading the configuration: `config` is NULL */
    bool hidden;       /* not listed */
};

struct program {
    const char *name;
    const char *version;
    const char *summary;
    const char *details;
    const struct option_row *options; /* taken before and after every command */
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
 * Reads main's arguments by the tables. `--` ends options. ERR_USAGE with a sentence for what the tables do not allow,
 * naming the nearest known word. Allocates in `arena`.
 */
enum err options_parse(void *arena, const struct program *program, int argc, char *const *argv, struct options *options,
                       struct error *error) MUST_CHECK;

/* Runs the program: parses, loads the configuration, runs the command, answers the exit status. Errors go to stderr. */
int options_main(const struct program *program, int argc, char *const *argv);

/* Whether an option was given. Asking for one that the command does not have is a bug and aborts. */
bool option_given(const struct options *options, const char *name);
/* The value given, the last one of several; NULL when not given. */
const char *option_value(const struct options *options, const char *name);
/* The value given as number `index` of a repeated option; NULL beyond the last one. */
const char *option_value_at(const struct options *options, const char *name, size_t index);

/* Says the cause on stderr as `orgd: cause`, and answers the exit status that goes with the code: 2 for ERR_USAGE,
 * otherwise 3. */
int command_failed(const struct error *error);
/* Writes all of `out` to stdout and answers 0; says why and answers 3 when it does not fit there or in memory. */
int command_output(const struct buffer *out);

/* Texts from the tables. A `topic` is the name of a command or group, NULL for the program; false when there is none.
 */
bool options_help(const struct program *program, const char *topic, struct buffer *out) MUST_CHECK;
void options_manual(const struct program *program, struct buffer *out);
void options_completion_bash(const struct program *program, struct buffer *out);

#endif
