/* Tests of the command line: accepted options, error messages, and the generated texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "cli/options.h"

static const struct option_row common[] = {
    {.name = "config", .value = "FILE", .help = "Read this file"},
    {0},
};
static const struct option_row up[] = {
    {.name = "to", .value = "REVISION|head|agenta", .help = "How far"},
    {.name = "allow", .value = "HAZARD", .repeated = true, .help = "Accept it"},
    {.name = "legacy", .value = "archive|drop", .help = "Where dropped tables go"},
    {.name = "output", .letter = 'o', .value = "FILE", .help = "Write there"},
    {.name = "quiet", .letter = 'q', .help = "Say nothing"},
    {0},
};
static const struct command commands[] = {
    {.name = "serve", .arguments = "", .summary = "Serve"},
    {.name = "migrate up", .arguments = "", .summary = "Go up", .details = "More.\n.Not a request.", .options = up},
    {.name = "migrate down", .arguments = "", .summary = "Go down"},
    {.name = "schema diff", .arguments = "A B", .summary = "Compare"},
    {.name = "schema dump", .arguments = "[URI]", .summary = "Dump"},
    {.name = "help", .arguments = "[COMMAND]...", .summary = "Help"},
    {.name = "secret", .arguments = "", .summary = "Nobody sees this", .hidden = true},
};
static const struct program program = {.name = "prog",
                                       .version = "1",
                                       .summary = "Does things",
                                       .options = common,
                                       .commands = commands,
                                       .count = sizeof commands / sizeof *commands};

static void *arena;
static struct options options;
static struct error error;

static int begin(void **state)
{
    (void)state;
    arena = talloc_new(NULL);
    error = (struct error){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    return talloc_free(arena);
}

static enum err parse(const char *const *words)
{
    int argc = 0;

    while (words[argc])
        argc++;
    return options_parse(arena, &program, argc, (char *const *)words, &options, &error);
}

#define PARSE(...) parse((const char *const[]){"prog", __VA_ARGS__, NULL})
#define TAKEN(...) assert_int_equal(PARSE(__VA_ARGS__), OK)
#define REFUSED(sentence, ...)                                                                                         \
    do {                                                                                                               \
        assert_int_equal(PARSE(__VA_ARGS__), ERR_USAGE);                                                               \
        assert_string_equal(error.cause, sentence);                                                                    \
    } while (0)

static void values_stand_behind_a_space_or_an_equals_sign(void **state)
{
    (void)state;
    TAKEN("migrate", "up", "--to", "head", "--output=a=b", "--quiet");
    assert_string_equal(options.command->name, "migrate up");
    assert_string_equal(option_value(&options, "to"), "head");
    assert_string_equal(option_value(&options, "output"), "a=b");
    assert_true(option_given(&options, "quiet"));
    assert_false(option_given(&options, "legacy"));
    assert_null(option_value(&options, "legacy"));
}

static void letters_may_be_joined(void **state)
{
    (void)state;
    TAKEN("migrate", "up", "-qo", "file");
    assert_true(option_given(&options, "quiet"));
    assert_string_equal(option_value(&options, "output"), "file");
    TAKEN("migrate", "up", "-ofile");
    assert_string_equal(option_value(&options, "output"), "file");
    REFUSED("There is no option -qx; `prog migrate up --help` lists what there is.", "migrate", "up", "-qx");
    REFUSED("--quiet is given twice.", "migrate", "up", "-qqqqqqqq");
}

static void common_options_stand_anywhere(void **state)
{
    (void)state;
    TAKEN("--config", "x", "migrate", "up");
    assert_string_equal(option_value(&options, "config"), "x");
    TAKEN("migrate", "--config=x", "up");
    assert_string_equal(option_value(&options, "config"), "x");
    TAKEN("migrate", "up", "--config", "x");
    assert_string_equal(option_value(&options, "config"), "x");
    REFUSED("There is no option --to; `prog --help` lists what there is.", "--to", "head", "migrate", "up");
}

static void repeated_options_keep_their_order(void **state)
{
    (void)state;
    TAKEN("migrate", "up", "--allow", "a", "--allow=b");
    assert_string_equal(option_value_at(&options, "allow", 0), "a");
    assert_string_equal(option_value_at(&options, "allow", 1), "b");
    assert_null(option_value_at(&options, "allow", 2));
    assert_string_equal(option_value(&options, "allow"), "b");
    REFUSED("--to is given twice.", "migrate", "up", "--to=a", "--to=b");
}

static void two_hyphens_end_options(void **state)
{
    (void)state;
    TAKEN("schema", "diff", "--", "--a", "--");
    assert_int_equal(options.argument_count, 2);
    assert_string_equal(options.arguments[0], "--a");
    assert_string_equal(options.arguments[1], "--");
    TAKEN("schema", "dump", "-");
    assert_string_equal(options.arguments[0], "-");
}

static void arguments_are_counted(void **state)
{
    (void)state;
    REFUSED("An argument is missing: prog schema diff A B.", "schema", "diff", "a");
    REFUSED("c is one argument too many: prog schema diff A B.", "schema", "diff", "a", "b", "c");
    REFUSED("serve takes no argument, but was given .", "serve", "");
    TAKEN("schema", "dump");
    REFUSED("b is one argument too many: prog schema dump [URI].", "schema", "dump", "a", "b");
    TAKEN("help", "a", "b", "c", "d");
    assert_int_equal(options.argument_count, 4);
}

static void choices_are_checked(void **state)
{
    (void)state;
    TAKEN("migrate", "up", "--legacy=drop", "--to=anything");
    REFUSED("--legacy is \"dropp\", which is not one of archive|drop.", "migrate", "up", "--legacy", "dropp");
}

static void mistakes_name_the_nearest_word(void **state)
{
    (void)state;
    REFUSED("There is no command sevre; did you mean serve?", "sevre");
    REFUSED("There is no command migarte; did you mean migrate?", "migarte");
    REFUSED("There is no command migrate dwon; did you mean migrate down?", "migrate", "dwon");
    REFUSED("There is no command migrate serve; `prog migrate --help` lists what there is.", "migrate", "serve");
    REFUSED("There is no command secrets; `prog --help` lists what there is.", "secrets");
    REFUSED("There is no option --legcy; did you mean --legacy?", "migrate", "up", "--legcy=drop");
    REFUSED("There is no option --; `prog migrate up --help` lists what there is.", "migrate", "up", "--=x");
    REFUSED("migrate needs one of its commands; `prog migrate --help` lists them.", "migrate");
    REFUSED("A command is missing; `prog --help` lists them.", "--config=x");
}

static void missing_values_are_noticed(void **state)
{
    (void)state;
    REFUSED("--to needs a value: --to REVISION|head|agenta.", "migrate", "up", "--to");
    REFUSED("--to needs a value, and --quiet looks like an option; write --to=--quiet if it is meant.", "migrate", "up",
            "--to", "--quiet");
    TAKEN("migrate", "up", "--to=--quiet");
    REFUSED("--to is given an empty value.", "migrate", "up", "--to=");
    REFUSED("--to is given an empty value.", "migrate", "up", "--to", "");
    REFUSED("--quiet takes no value.", "migrate", "up", "--quiet=");
}

static void help_needs_nothing_else(void **state)
{
    (void)state;
    TAKEN("--help");
    assert_true(options.help);
    assert_null(options.topic);
    TAKEN("migrate", "-h");
    assert_string_equal(options.topic, "migrate");
    TAKEN("schema", "diff", "--help");
    assert_string_equal(options.topic, "schema diff");
    TAKEN("-V");
    assert_true(options.version);
}

static void no_words_at_all(void **state)
{
    const char *const none[] = {NULL};

    (void)state;
    assert_int_equal(parse(none), ERR_USAGE);
    assert_string_equal(error.cause, "A command is missing; `prog --help` lists them.");
}

static void help_describes_all_but_hidden_options(void **state)
{
    struct buffer out = buffer_make(arena, 100000);

    (void)state;
    assert_true(options_help(&program, NULL, &out));
    assert_null(strstr(buffer_string(&out), "secret"));
    for (size_t i = 0; i + 1 < sizeof commands / sizeof *commands; i++)
        assert_non_null(strstr(buffer_string(&out), commands[i].summary));
    buffer_clear(&out);
    assert_true(options_help(&program, "migrate up", &out));
    for (const struct option_row *row = up; row->name; row++)
        assert_non_null(strstr(buffer_string(&out), row->help));
    assert_non_null(strstr(buffer_string(&out), "  -o, --output FILE               Write there\n"));
    assert_non_null(strstr(buffer_string(&out), "--allow HAZARD...           Accept it\n"));
    buffer_clear(&out);
    assert_true(options_help(&program, "schema", &out));
    assert_null(strstr(buffer_string(&out), "migrate"));
    assert_false(options_help(&program, "schem", &out));
}

static void manual_has_no_stray_requests(void **state)
{
    struct buffer out = buffer_make(arena, 100000);

    (void)state;
    options_manual(&program, &out);
    assert_non_null(strstr(buffer_string(&out), "More.\n.sp\n\\&.Not a request.\n"));
    assert_non_null(strstr(buffer_string(&out), "\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIFILE\\fR\n"));
    assert_null(strstr(buffer_string(&out), "secret"));
}

#define OPTIONS_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPTIONS_TEST(values_stand_behind_a_space_or_an_equals_sign),
        OPTIONS_TEST(letters_may_be_joined),
        OPTIONS_TEST(common_options_stand_anywhere),
        OPTIONS_TEST(repeated_options_keep_their_order),
        OPTIONS_TEST(two_hyphens_end_options),
        OPTIONS_TEST(arguments_are_counted),
        OPTIONS_TEST(choices_are_checked),
        OPTIONS_TEST(mistakes_name_the_nearest_word),
        OPTIONS_TEST(missing_values_are_noticed),
        OPTIONS_TEST(help_needs_nothing_else),
        OPTIONS_TEST(no_words_at_all),
        OPTIONS_TEST(help_describes_all_but_hidden_options),
        OPTIONS_TEST(manual_has_no_stray_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
