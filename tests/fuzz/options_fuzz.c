/* Fuzzes the parser of the command line: words are separated by line feeds. */
#include <string.h>
#include <talloc.h>

#include "cli/options.h"
#include "fuzz.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("migrate\nup\n--to=head\n-aX\n--allow\nY\none\ntwo"),
    FUZZ_SEED("--config\nfile\nup\n-qqa\nX\n--\n-x"),
    FUZZ_SEED("serve\n--help"),
    FUZZ_SEED("--version"),
    FUZZ_SEED("help\nmigrate\nup"),
    FUZZ_SEED("migrat\nup\n--tp\n--legacy"),
    {0},
};

static const struct option_row common[] = {
    {.name = "config", .value = "FILE", .help = "a"},
    {0},
};
static const struct option_row up[] = {
    {.name = "to", .value = "REVISION|head", .help = "b"},
    {.name = "allow", .letter = 'a', .value = "HAZARD", .repeated = true, .help = "c"},
    {.name = "legacy", .value = "archive|drop", .help = "d"},
    {.name = "quiet", .letter = 'q', .repeated = true, .help = "e"},
    {0},
};
static const struct command commands[] = {
    {.name = "serve", .arguments = "", .summary = "f"},
    {.name = "up", .arguments = "[X]", .summary = "g", .options = up},
    {.name = "migrate up", .arguments = "A B", .summary = "h", .options = up},
    {.name = "help", .arguments = "[COMMAND]...", .summary = "i"},
};
static const struct program program = {.name = "p",
                                       .version = "1",
                                       .summary = "s",
                                       .options = common,
                                       .commands = commands,
                                       .count = sizeof commands / sizeof *commands};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    char *text = talloc_strndup(arena, (const char *)data, size);
    char *words[66] = {"p"};
    int count = 1;
    struct options options;
    struct error error = {0};

    for (char *at = text; at && count < 65;) {
        words[count++] = at;
        at = strchr(at, '\n');
        if (at)
            *at++ = '\0';
    }
    if (options_parse(arena, &program, count, words, &options, &error) != OK) {
        require(error.code == ERR_USAGE && error.cause[0] != '\0');
    } else if (!options.help && !options.version) {
        require(options.command != NULL);
        require(strcmp(options.command->name, "migrate up") != 0 || options.argument_count == 2);
        for (size_t i = 0; i < options.given_count; i++)
            require((options.given[i].row->value != NULL) == (options.given[i].value != NULL));
    }
    (void)talloc_free(arena);
    return 0;
}
