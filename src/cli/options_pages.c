/* Writes the man page and the shell completion from the tables. */
#include <string.h>

#include "cli/options_table.h"

/* Writes text for troff: no line begins with a control character, hyphens stay hyphens. */
static void add_troff(struct buffer *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        bool first = at == text || at[-1] == '\n';

        if (first && (*at == '.' || *at == '\''))
            buffer_text(out, "\\&");
        if (*at == '\\')
            buffer_text(out, "\\e");
        else if (*at == '-')
            buffer_text(out, "\\-");
        else if (*at == '\n')
            buffer_text(out, "\n.sp\n");
        else
            buffer_char(out, *at);
    }
}

/* Writes a word of the command line in bold. */
static void add_bold(struct buffer *out, const char *prefix, const char *word)
{
    buffer_text(out, "\\fB");
    add_troff(out, prefix);
    add_troff(out, word);
    buffer_text(out, "\\fR");
}

static void add_manual_options(struct buffer *out, const struct option_row *rows)
{
    for (; rows && rows->name; rows++) {
        buffer_text(out, ".TP\n");
        if (rows->letter) {
            buffer_format(out, "\\fB\\-%c\\fR, ", rows->letter);
        }
        add_bold(out, "--", rows->name);
        if (rows->value) {
            buffer_text(out, " \\fI");
            add_troff(out, rows->value);
            buffer_text(out, "\\fR");
        }
        buffer_char(out, '\n');
        add_troff(out, rows->help);
        buffer_text(out, rows->repeated ? ". May be given several times.\n" : ".\n");
    }
}

static void add_manual_command(const struct program *program, const struct command *command, struct buffer *out)
{
    buffer_text(out, ".SS ");
    add_troff(out, program->name);
    buffer_char(out, ' ');
    add_troff(out, command->name);
    if (command->arguments[0]) {
        buffer_char(out, ' ');
        add_troff(out, command->arguments);
    }
    buffer_char(out, '\n');
    add_troff(out, command->summary);
    buffer_text(out, ".\n");
    if (command->details) {
        buffer_text(out, ".PP\n");
        add_troff(out, command->details);
        buffer_char(out, '\n');
    }
    add_manual_options(out, command->options);
}

void options_manual(const struct program *program, struct buffer *out)
{
    buffer_text(out, ".TH ");
    for (const char *at = program->name; *at; at++)
        buffer_char(out, (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at));
    buffer_format(out, " 1 \"\" \"%s %s\" \"User Commands\"\n.SH NAME\n", program->name, program->version);
    add_troff(out, program->name);
    buffer_text(out, " \\- ");
    add_troff(out, program->summary);
    buffer_text(out, "\n.SH SYNOPSIS\n");
    add_bold(out, "", program->name);
    buffer_text(out, " \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n.SH COMMANDS\n");
    for (size_t i = 0; i < program->count; i++) {
        if (!program->commands[i].hidden)
            add_manual_command(program, &program->commands[i], out);
    }
    buffer_text(out, ".SH COMMON OPTIONS\n");
    add_manual_options(out, program->options);
    add_manual_options(out, options_builtin);
    buffer_text(out, ".SH \"EXIT STATUS\"\n"
                     ".TP\n0\nDone; equal; yes.\n.TP\n1\nNo; differs; behind.\n"
                     ".TP\n2\nThe command line or the configuration cannot be used.\n"
                     ".TP\n3\nIt could not be done: no connection, no permission, refused.\n");
    if (program->details) {
        buffer_text(out, ".SH CONFIGURATION\n");
        add_troff(out, program->details);
        buffer_char(out, '\n');
    }
}

static void add_option_words(struct buffer *out, const struct option_row *rows)
{
    for (; rows && rows->name; rows++)
        buffer_format(out, " --%s", rows->name);
}

/* Writes the words that may follow a group, or come first. The first command of a group names the group. */
static void add_command_words(const struct program *program, const char *group, struct buffer *out)
{
    char word[OPTIONS_WORD_MAX];
    char last[OPTIONS_WORD_MAX] = "";

    for (size_t i = 0; i < program->count; i++) {
        const struct command *command = &program->commands[i];
        const char *name = command->name;

        if (command->hidden || (group && !options_in_group(command, group)))
            continue;
        name += group ? strlen(group) + 1 : 0;
        (void)options_word(&name, word, " ");
        if (strcmp(word, last) != 0)
            buffer_format(out, " %s", word);
        memcpy(last, word, sizeof last);
    }
}

/* Whether a pattern contains the option as a whole word. */
static bool pattern_has(const char *pattern, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = strstr(pattern, "--"); at; at = strstr(at + 2, "--")) {
        if (strncmp(at + 2, name, len) == 0 && (at[2 + len] == ' ' || at[2 + len] == '\0'))
            return true;
    }
    return false;
}

/* Writes options with a value as alternatives of a shell `case` that begins at `from`. */
static void add_value_pattern(struct buffer *out, size_t from, const struct option_row *rows)
{
    for (; rows && rows->name && !out->failed; rows++) {
        if (!rows->value || pattern_has(out->data + from, rows->name))
            continue;
        buffer_text(out, out->len > from ? " | " : "        ");
        buffer_format(out, "--%s", rows->name);
        if (rows->letter)
            buffer_format(out, " | -%c", rows->letter);
    }
}

/* Writes the shell code that completes the value of an option. */
static void add_value_words(struct buffer *out, const char *value)
{
    char word[OPTIONS_WORD_MAX];
    bool any = false;

    if (strstr(value, "FILE") || strstr(value, "DIRECTORY")) {
        buffer_format(out, "mapfile -t COMPREPLY < <(compgen %s -- \"$current\")\n        return\n        ;;\n",
                      strstr(value, "FILE") ? "-f" : "-d");
        return;
    }
    while (*value) {
        (void)options_word(&value, word, "|");
        if (!options_is_literal(word))
            continue;
        buffer_format(out, "%s%s", any ? " " : "words=\"", word);
        any = true;
    }
    buffer_text(out, any ? "\" ;;\n" : "return ;;\n");
}

static void add_value_case(struct buffer *out, const char *command, const struct option_row *rows)
{
    for (; rows && rows->name; rows++) {
        if (!rows->value)
            continue;
        buffer_format(out, "    \"%s --%s\"", command, rows->name);
        if (rows->letter)
            buffer_format(out, " | \"%s -%c\"", command, rows->letter);
        buffer_text(out, ") ");
        add_value_words(out, rows->value);
    }
}

static void add_word_cases(const struct program *program, struct buffer *out)
{
    char group[OPTIONS_WORD_MAX];
    char last[OPTIONS_WORD_MAX] = "";

    buffer_text(out, "    case $command in\n    \"\") words=\"");
    add_command_words(program, NULL, out);
    buffer_text(out, " --version\" ;;\n    help) words=\"");
    add_command_words(program, NULL, out);
    buffer_text(out, "\" ;;\n");
    for (size_t i = 0; i < program->count; i++) {
        const struct command *command = &program->commands[i];
        const char *name = command->name;

        if (command->hidden || strcmp(command->name, "help") == 0)
            continue;
        (void)options_word(&name, group, " ");
        if (*name && strcmp(group, last) != 0) {
            buffer_format(out, "    %s) words=\"", group);
            add_command_words(program, group, out);
            buffer_text(out, "\" ;;\n");
            memcpy(last, group, sizeof last);
        }
        buffer_format(out, "    \"%s\") words=\"", command->name);
        add_option_words(out, command->options);
        buffer_text(out, "\" ;;\n");
    }
    buffer_text(out, "    esac\n    words+=\"");
    add_option_words(out, program->options);
    buffer_text(out, " --help\"\n");
}

void options_completion_bash(const struct program *program, struct buffer *out)
{
    size_t from;

    buffer_format(out,
                  "# Completion of %s for bash, made from its tables of commands and options.\n"
                  "_%s()\n{\n"
                  "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
                  "    local command=\"\" words=\"\" word i\n"
                  "    # Bash takes --name=value for three words.\n"
                  "    if [ \"$current\" = = ]; then\n        current=\n"
                  "    elif [ \"$previous\" = = ]; then\n        previous=${COMP_WORDS[COMP_CWORD - 2]}\n    fi\n"
                  "    for ((i = 1; i < COMP_CWORD; i++)); do\n        word=${COMP_WORDS[i]}\n        case $word in\n",
                  program->name, program->name);
    from = out->len;
    add_value_pattern(out, from, program->options);
    for (size_t i = 0; i < program->count; i++)
        add_value_pattern(out, from, program->commands[i].options);
    buffer_text(out,
                out->len > from
                    ? ")\n            ((i++))\n            [ \"${COMP_WORDS[i]}\" = = ] && ((i++))\n            ;;\n"
                    : "");
    buffer_text(out, "        -*) ;;\n        *) command=\"${command:+$command }$word\" ;;\n        esac\n    done\n"
                     "    case \"$command $previous\" in\n");
    for (size_t i = 0; i < program->count; i++) {
        if (!program->commands[i].hidden)
            add_value_case(out, program->commands[i].name, program->commands[i].options);
    }
    buffer_text(out, "    esac\n    case \" $previous\" in\n");
    add_value_case(out, "", program->options);
    buffer_text(out, "    esac\n    if [ -z \"$words\" ]; then\n");
    add_word_cases(program, out);
    buffer_format(out,
                  "    fi\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n}\n"
                  "complete -F _%s %s\n",
                  program->name, program->name);
}
