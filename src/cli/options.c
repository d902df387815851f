/* Parses the command line. */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/nearest.h"
#include "cli/options_table.h"

/* Options of every program. */
const struct option_row options_builtin[] = {
    {.name = "help", .letter = 'h', .help = "Show this help"},
    {.name = "version", .letter = 'V', .help = "Show the version"},
    {0},
};

struct parser {
    const struct program *program;
    char *const *argv;
    int argc;
    int at;
    const char *group; /* first word of a two-word command, until the second word is read */
    struct options *options;
    const char **arguments;
    struct option_given *given;
    struct error *error;
};

size_t options_word(const char **list, char word[OPTIONS_WORD_MAX], const char *separators)
{
    size_t len = strcspn(*list, separators);
    size_t copied = len < OPTIONS_WORD_MAX ? len : OPTIONS_WORD_MAX - 1;

    memcpy(word, *list, copied);
    word[copied] = '\0';
    *list += len + ((*list)[len] != '\0');
    return len;
}

bool options_is_literal(const char *word)
{
    return *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-_")];
}

bool options_in_group(const struct command *command, const char *group)
{
    size_t len = strlen(group);

    return strncmp(command->name, group, len) == 0 && command->name[len] == ' ';
}

const struct command *options_find_command(const struct program *program, const char *name)
{
    for (size_t i = 0; i < program->count; i++) {
        if (strcmp(program->commands[i].name, name) == 0)
            return &program->commands[i];
    }
    return NULL;
}

bool options_is_group(const struct program *program, const char *name)
{
    for (size_t i = 0; i < program->count; i++) {
        if (options_in_group(&program->commands[i], name))
            return true;
    }
    return false;
}

void options_count_arguments(const struct command *command, size_t *least, size_t *most)
{
    char word[OPTIONS_WORD_MAX];

    *least = *most = 0;
    for (const char *list = command->arguments; *list;) {
        size_t len = options_word(&list, word, " ");

        *least += word[0] != '[';
        *most = len > 3 && strcmp(word + len - 3, "...") == 0 ? (size_t)-1 : *most + 1;
    }
}

static const struct option_row *find_in(const struct option_row *rows, const char *name, size_t len, char letter)
{
    for (; rows && rows->name; rows++) {
        if (letter ? rows->letter == letter : strlen(rows->name) == len && strncmp(rows->name, name, len) == 0)
            return rows;
    }
    return NULL;
}

/* Finds an option by name, or by letter unless that is 0. Before the command only common options exist. */
static const struct option_row *find_option(const struct program *program, const struct command *command,
                                            const char *name, size_t len, char letter)
{
    const struct option_row *row = find_in(command ? command->options : NULL, name, len, letter);

    row = row ? row : find_in(program->options, name, len, letter);
    return row ? row : find_in(options_builtin, name, len, letter);
}

static enum err no_memory(struct parser *parser)
{
    return error_set(parser->error, ERR_MEMORY, "There is no memory for the command line.");
}

static enum err unknown_option(struct parser *parser, const char *shown, const char *name)
{
    const struct command *command = parser->options->command;
    const struct option_row *const tables[] = {command ? command->options : NULL, parser->program->options,
                                               options_builtin};
    struct nearest nearest = nearest_to(name);

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (const struct option_row *row = tables[i]; row && row->name && name[0] && name[1]; row++)
            nearest_offer(&nearest, row->name);
    }
    if (nearest.best)
        return error_set(parser->error, ERR_USAGE, "There is no option %.64s; did you mean --%s?", shown, nearest.best);
    return error_set(parser->error, ERR_USAGE, "There is no option %.64s; `%s%s%s --help` lists what there is.", shown,
                     parser->program->name, command ? " " : "", command ? command->name : "");
}

/* Checks a value against its placeholder, if that consists of literal words only. */
static enum err check_choice(struct parser *parser, const struct option_row *row, const char *value)
{
    char word[OPTIONS_WORD_MAX];
    const char *list = row->value;

    while (*list) {
        (void)options_word(&list, word, "|");
        if (!options_is_literal(word) || strcmp(word, value) == 0)
            return OK;
    }
    return error_set(parser->error, ERR_USAGE, "--%s is \"%.64s\", which is not one of %s.", row->name, value,
                     row->value);
}

static enum err take_option(struct parser *parser, const struct option_row *row, const char *value)
{
    struct options *options = parser->options;
    enum err err = OK;

    for (size_t i = 0; i < options->given_count && !row->repeated; i++) {
        if (parser->given[i].row == row)
            return error_set(parser->error, ERR_USAGE, "--%s is given twice.", row->name);
    }
    if (value && !*value)
        return error_set(parser->error, ERR_USAGE, "--%s is given an empty value.", row->name);
    if (value)
        err = check_choice(parser, row, value);
    parser->given[options->given_count++] = (struct option_given){row, value};
    options->help |= row == &options_builtin[0];
    options->version |= row == &options_builtin[1];
    return err;
}

/* Takes the word after an option as its value. A word like an option is refused: the value was forgotten. */
static enum err next_value(struct parser *parser, const struct option_row *row, const char **value)
{
    if (parser->at + 1 >= parser->argc)
        return error_set(parser->error, ERR_USAGE, "--%s needs a value: --%s %s.", row->name, row->name, row->value);
    *value = parser->argv[++parser->at];
    if (strncmp(*value, "--", 2) == 0)
        return error_set(parser->error, ERR_USAGE,
                         "--%s needs a value, and %.64s looks like an option; write --%s=%.64s if it is meant.",
                         row->name, *value, row->name, *value);
    return OK;
}

static enum err read_long(struct parser *parser, const char *word)
{
    const char *name = word + 2;
    size_t len = strcspn(name, "=");
    const char *value = name[len] ? name + len + 1 : NULL;
    const struct option_row *row = find_option(parser->program, parser->options->command, name, len, 0);
    enum err err = OK;

    if (!row) {
        char *shown = talloc_strndup(parser->options->arena, word, len + 2);

        return shown ? unknown_option(parser, shown, shown + 2) : no_memory(parser);
    }
    if (!row->value && value)
        return error_set(parser->error, ERR_USAGE, "--%s takes no value.", row->name);
    if (row->value && !value)
        err = next_value(parser, row, &value);
    return err ? err : take_option(parser, row, value);
}

/* Parses a cluster of letters. A letter with a value takes the rest of the word, or the next word. */
static enum err read_short(struct parser *parser, const char *word)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const struct option_row *row = find_option(parser->program, parser->options->command, "", 0, *letter);
        const char *value = NULL;
        enum err err = OK;

        if (!row)
            return unknown_option(parser, word, letter);
        if (row->value && letter[1])
            value = letter + 1;
        else if (row->value)
            err = next_value(parser, row, &value);
        if (!err)
            err = take_option(parser, row, value);
        if (err)
            return err;
        if (row->value)
            break;
    }
    return OK;
}

static enum err unknown_command(struct parser *parser, const char *word)
{
    struct nearest nearest = nearest_to(word);
    char known[OPTIONS_WORD_MAX];

    for (size_t i = 0; i < parser->program->count; i++) {
        const struct command *command = &parser->program->commands[i];
        const char *name = command->name;

        if (command->hidden || (parser->group && !options_in_group(command, parser->group)))
            continue;
        nearest_offer(&nearest, name + (parser->group ? strlen(parser->group) + 1 : 0));
        if (!parser->group && strchr(name, ' ')) {
            size_t before = nearest.distance;

            (void)options_word(&name, known, " ");
            nearest_offer(&nearest, known);
            if (nearest.distance < before)
                nearest.best = talloc_strdup(parser->options->arena, known);
        }
    }
    if (nearest.best)
        return error_set(parser->error, ERR_USAGE, "There is no command %s%s%.64s; did you mean %s%s%s?",
                         parser->group ? parser->group : "", parser->group ? " " : "", word,
                         parser->group ? parser->group : "", parser->group ? " " : "", nearest.best);
    return error_set(parser->error, ERR_USAGE, "There is no command %s%s%.64s; `%s%s%s --help` lists what there is.",
                     parser->group ? parser->group : "", parser->group ? " " : "", word, parser->program->name,
                     parser->group ? " " : "", parser->group ? parser->group : "");
}

/* Takes a word without hyphens: part of the command's name, or an argument. */
static enum err read_word(struct parser *parser, const char *word)
{
    struct options *options = parser->options;
    char *name;

    if (options->command) {
        parser->arguments[options->argument_count++] = word;
        return OK;
    }
    name = parser->group ? talloc_asprintf(options->arena, "%s %s", parser->group, word)
                         : talloc_strdup(options->arena, word);
    if (!name)
        return no_memory(parser);
    options->command = options_find_command(parser->program, name);
    if (options->command)
        return OK;
    if (parser->group || !options_is_group(parser->program, word))
        return unknown_command(parser, word);
    parser->group = word;
    return OK;
}

/* An argument for a message; one that may contain a password is not repeated. */
static const char *shown(const char *argument)
{
    return strstr(argument, "://") || strstr(argument, "password=") ? "a connection URI" : argument;
}

/* Checks that command and arguments are complete, unless help is requested. */
static enum err check_complete(struct parser *parser)
{
    const struct options *options = parser->options;
    const char *program = parser->program->name;
    size_t least;
    size_t most;

    if (options->help || options->version)
        return OK;
    if (parser->group && !options->command)
        return error_set(parser->error, ERR_USAGE, "%s needs one of its commands; `%s %s --help` lists them.",
                         parser->group, program, parser->group);
    if (!options->command)
        return error_set(parser->error, ERR_USAGE, "A command is missing; `%s --help` lists them.", program);
    options_count_arguments(options->command, &least, &most);
    if (options->argument_count < least)
        return error_set(parser->error, ERR_USAGE, "An argument is missing: %s %s %s.", program, options->command->name,
                         options->command->arguments);
    if (options->argument_count > most && most == 0)
        return error_set(parser->error, ERR_USAGE, "%s takes no argument, but was given %.64s.", options->command->name,
                         shown(options->arguments[0]));
    if (options->argument_count > most)
        return error_set(parser->error, ERR_USAGE, "%.64s is one argument too many: %s %s %s.",
                         shown(options->arguments[most]), program, options->command->name, options->command->arguments);
    return OK;
}

enum err options_parse(void *arena, const struct program *program, int argc, char *const *argv, struct options *options,
                       struct error *error)
{
    struct parser parser = {.program = program, .argv = argv, .argc = argc, .options = options, .error = error};
    size_t letters = 0;
    bool ended = false;
    enum err err = OK;

    *options = (struct options){.arena = arena, .program = program};
    for (int i = 0; i < argc; i++)
        letters += strlen(argv[i]) + 1; /* a word has at most as many options as letters */
    parser.arguments = talloc_zero_size(arena, ((size_t)argc + 1) * sizeof *parser.arguments);
    parser.given = talloc_zero_size(arena, (letters + 1) * sizeof *parser.given);
    if (!parser.arguments || !parser.given)
        return no_memory(&parser);
    options->arguments = parser.arguments;
    options->given = parser.given;
    for (parser.at = 1; parser.at < argc && !err; parser.at++) {
        const char *word = argv[parser.at];

        if (!ended && strcmp(word, "--") == 0)
            ended = true;
        else if (!ended && strncmp(word, "--", 2) == 0)
            err = read_long(&parser, word);
        else if (!ended && word[0] == '-' && word[1])
            err = read_short(&parser, word);
        else
            err = read_word(&parser, word);
    }
    options->topic = options->command ? options->command->name : parser.group;
    return err ? err : check_complete(&parser);
}

/* The row of an option of the command; aborts when the command does not have it. */
static const struct option_row *row_of(const struct options *options, const char *name)
{
    const struct option_row *row = find_option(options->program, options->command, name, strlen(name), 0);

    if (!row)
        abort();
    return row;
}

bool option_given(const struct options *options, const char *name)
{
    const struct option_row *row = row_of(options, name);

    for (size_t i = 0; i < options->given_count; i++) {
        if (options->given[i].row == row)
            return true;
    }
    return false;
}

const char *option_value(const struct options *options, const char *name)
{
    const struct option_row *row = row_of(options, name);

    for (size_t i = options->given_count; i > 0; i--) {
        if (options->given[i - 1].row == row)
            return options->given[i - 1].value;
    }
    return NULL;
}

const char *option_value_at(const struct options *options, const char *name, size_t index)
{
    const struct option_row *row = row_of(options, name);

    for (size_t i = 0; i < options->given_count; i++) {
        if (options->given[i].row == row && index-- == 0)
            return options->given[i].value;
    }
    return NULL;
}
