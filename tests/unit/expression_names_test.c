/* Tests of finding the names in definitions of constraints, indexes and statistics objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

#include "schema/expression_names.h"

#define MAX 1024

/* The names, joined by commas. */
static void check(struct expression_names names, const char *expected)
{
    void *arena = talloc_new(NULL);
    struct buffer name = buffer_make(arena, MAX), all = buffer_make(arena, MAX);

    while (expression_names_next(&names, &name))
        buffer_format(&all, "%s%s", all.len > 0 ? "," : "", buffer_string(&name));
    assert_string_equal(buffer_string(&all), expected);
    talloc_free(arena);
}

static void names_of_constraints_and_indexes(void **state)
{
    static const struct {
        const char *definition, *names;
    } rows[] = {
        {"PRIMARY KEY (id)", "id"},
        {"UNIQUE (a, \"b c\", \"d\"\"e\") INCLUDE (f)", "a,b c,d\"e,f"},
        {"FOREIGN KEY (a, b) REFERENCES other(c, d) ON DELETE CASCADE", "a,b"},
        {"CHECK ((a > 0))", "a"},
        {"CHECK (((lower(name) <> 'it''s x'::text) AND (y IS NOT NULL)))", "name,y"},
        {"CHECK ((at > '2026-01-01'::timestamp without time zone))", "at"},
        {"CHECK (((a)::character varying(20) = b))", "a,b"},
        {"CHECK (((a)::s.mood = ANY (ARRAY['x'::s.mood, 'y'::\"s\".\"M\"])))", "a"},
        {"CHECK ((s.f(a) > 12.5))", "a"},
        {"CHECK ((a COLLATE \"C\" > b))", "a,b"},
        {"EXCLUDE USING gist (room WITH =, during WITH &&) WHERE ((x < 0))", "room,during,x"},
        {"CREATE INDEX \"USING (z)\" ON s.\"t (q)\" USING btree (a, lower(b) text_pattern_ops DESC) WHERE (c = 1)",
         "a,b,c"},
        {"CHECK ((EXTRACT(year FROM at) > (month)::numeric))", "at,month"},
        {"CREATE INDEX i ON public.t USING gin (lower(a) s.ops, b jsonb_path_ops, c) WITH (fillfactor='50') WHERE (d > 0)",
         "a,b,c,d"},
        {"EXCLUDE USING gist (a WITH =, b WITH OPERATOR(s.&&)) WITH (fillfactor='50')", "a,b"},
        {"", ""},
        {"CHECK", ""},
        {"CHECK ((a = 'not closed", "a"},
        {"CHECK ((\"not closed", ""},
        {"FOREIGN KEY (a", "a"},
        {"CHECK (a::", "a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(expression_names_begin(rows[i].definition), rows[i].names);
}

static void statistics(void **state)
{
    static const struct {
        const char *definition, *names, *schema, *table;
    } rows[] = {
        {"CREATE STATISTICS s.x (mcv) ON a, b FROM s.t", "a,b", "s", "t"},
        {"CREATE STATISTICS \"ON\" ON a, lower(b), (a + c) FROM \"t FROM\" STATISTICS 5", "a,b,a,c", "public",
         "t FROM"},
        {"CREATE STATISTICS x ON \"FROM\", b FROM \"S s\".t", "FROM,b", "S s", "t"},
        {"CREATE STATISTICS x", "", NULL, NULL},
        {"CREATE STATISTICS x ON a FROM ", "a", NULL, NULL},
    };
    void *arena = talloc_new(NULL);
    struct buffer schema = buffer_make(arena, MAX), table = buffer_make(arena, MAX);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(expression_names_statistics(rows[i].definition), rows[i].names);
        assert_int_equal(expression_names_table(rows[i].definition, &schema, &table), rows[i].table != NULL);
        if (!rows[i].table)
            continue;
        assert_string_equal(buffer_string(&schema), rows[i].schema);
        assert_string_equal(buffer_string(&table), rows[i].table);
    }
    talloc_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_constraints_and_indexes),
        cmocka_unit_test(statistics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
