/* Writes --help from the tables. */
#include <string.h>

#include "cli/options_table.h"

#define LINE_WIDTH 100
#define HELP_COLUMN 34 /* column of the explanations */

/* Adds text in lines of LINE_WIDTH bytes that begin with `indent` spaces; the first one is at `column` already. */
static void add_wrapped(struct buffer *out, const char *text, size_t indent, size_t column)
{
    while (*text) {
        size_t word = strcspn(text, " \n");

        if (column > indent && column + 1 + word > LINE_WIDTH) {
            buffer_format(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            buffer_char(out, ' ');
            column++;
        }
        buffer_add(out, text, word);
        column += word;
        text += word;
        if (*text == '\n') {
            buffer_format(out, "\n%*s", (int)indent, "");
            column = indent;
        }
        text += *text != '\0';
    }
    buffer_char(out, '\n');
}

/* Writes a term and its explanation; after a long term the explanation begins on a new line. */
static void add_entry(struct buffer *out, size_t from, const char *help)
{
    size_t column = out->len - from;

    if (column + 2 > HELP_COLUMN) {
        buffer_char(out, '\n');
        column = 0;
    }
    buffer_format(out, "%*s", (int)(HELP_COLUMN - column), "");
    add_wrapped(out, help, HELP_COLUMN, HELP_COLUMN);
}

static void add_options(struct buffer *out, const struct option_row *rows)
{
    for (; rows && rows->name; rows++) {
        size_t from = out->len;

        if (rows->letter)
            buffer_format(out, "  -%c, --%s", rows->letter, rows->name);
        else
            buffer_format(out, "      --%s", rows->name);
        if (rows->value)
            buffer_format(out, " %s", rows->value);
        if (rows->repeated)
            buffer_text(out, "...");
        add_entry(out, from, rows->help);
    }
}

static void add_common_options(const struct program *program, struct buffer *out)
{
    add_options(out, program->options);
    add_options(out, options_builtin);
}

static void add_commands(const struct program *program, const char *group, struct buffer *out)
{
    buffer_text(out, "\nCommands:\n");
    for (size_t i = 0; i < program->count; i++) {
        const struct command *command = &program->commands[i];
        size_t from = out->len;

        if (command->hidden || (group && !options_in_group(command, group)))
            continue;
        buffer_format(out, "  %s%s%s", command->name, command->arguments[0] ? " " : "", command->arguments);
        add_entry(out, from, command->summary);
    }
}

static void add_command_help(const struct program *program, const struct command *command, struct buffer *out)
{
    buffer_format(out, "Usage: %s %s [OPTION]...%s%s\n\n%s.\n", program->name, command->name,
                  command->arguments[0] ? " " : "", command->arguments, command->summary);
    if (command->details) {
        buffer_char(out, '\n');
        add_wrapped(out, command->details, 0, 0);
    }
    buffer_text(out, "\nOptions:\n");
    add_options(out, command->options);
    add_common_options(program, out);
}

bool options_help(const struct program *program, const char *topic, struct buffer *out)
{
    const struct command *command = topic ? options_find_command(program, topic) : NULL;

    if (command) {
        add_command_help(program, command, out);
        return true;
    }
    if (topic && !options_is_group(program, topic))
        return false;
    buffer_format(out, "Usage: %s%s%s COMMAND [OPTION]... [ARGUMENT]...\n", program->name, topic ? " " : "",
                  topic ? topic : "");
    if (!topic)
        buffer_format(out, "\n%s.\n", program->summary);
    add_commands(program, topic, out);
    buffer_text(out, "\nOptions:\n");
    add_common_options(program, out);
    buffer_format(out, "\n`%s help COMMAND` says more about a command.\n", program->name);
    if (!topic && program->details) {
        buffer_char(out, '\n');
        add_wrapped(out, program->details, 0, 0);
    }
    return true;
}
