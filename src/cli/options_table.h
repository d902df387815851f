/* Lookups in the tables of commands and options, for the files of this folder only. */
#ifndef ORGD_CLI_OPTIONS_TABLE_H
#define ORGD_CLI_OPTIONS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

#define OPTIONS_WORD_MAX 64

/* --help and --version. */
extern const struct option_row options_builtin[];

/* Copies the first word of a list, and moves the list past it and one separator. Returns the length of the word. */
size_t options_word(const char **list, char word[OPTIONS_WORD_MAX], const char *separators);

/* Whether a word of a placeholder is literal: "archive" is, "FILE" is not. */
bool options_is_literal(const char *word);

bool options_in_group(const struct command *command, const char *group);
bool options_is_group(const struct program *program, const char *name);
const struct command *options_find_command(const struct program *program, const char *name);

/* The number of arguments that the command accepts; SIZE_MAX for any number. */
void options_count_arguments(const struct command *command, size_t *least, size_t *most);

#endif
