/* Tests of the access rules: a table of cases and their explanations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "policy/signin_rules.h"

/* Lists in the form of the configuration: "a,b"; NULL is empty. */
struct lists {
    const char *blocked_emails, *allowed_domains, *blocked_domains, *owners;
    bool invite_only;
};

static struct config_list list_of(void *arena, const char *text)
{
    struct config_list list = {0};
    const char **items = talloc_array(arena, const char *, 8);

    list.items = items;
    for (const char *at = text; at && *at;) {
        size_t len = strcspn(at, ",");

        items[list.count++] = talloc_strndup(arena, at, len);
        at += len + (at[len] == ',');
    }
    return list;
}

static struct config config_of(void *arena, const struct lists *lists)
{
    return (struct config){.blocked_emails = list_of(arena, lists->blocked_emails),
                           .allowed_domains = list_of(arena, lists->allowed_domains),
                           .blocked_domains = list_of(arena, lists->blocked_domains),
                           .allowed_owners = list_of(arena, lists->owners),
                           .invite_only = lists->invite_only};
}

static const struct {
    struct lists lists;
    const char *email;
    bool has_account, invited, may_sign_in;
    enum access_rule rule;
    const char *entry;
} cases[] = {
    {{0}, "ann@acme.io", false, false, true, ACCESS_OPEN, NULL},
    {{0}, "", false, false, true, ACCESS_OPEN, NULL},
    /* blocked addresses: exact matches, checked first */
    {{.blocked_emails = "ann@acme.io"}, " Ann@ACME.io ", false, false, false, ACCESS_BLOCKED_EMAIL, "ann@acme.io"},
    {{.blocked_emails = "ann@acme.io"}, "ann+x@acme.io", false, false, true, ACCESS_OPEN, NULL},
    {{.blocked_emails = "ann@acme.io"}, "ann@x.acme.io", false, false, true, ACCESS_OPEN, NULL},
    {{.blocked_emails = "ann@acme.io", .allowed_domains = "acme.io"},
     "ann@acme.io",
     true,
     true,
     false,
     ACCESS_BLOCKED_EMAIL,
     "ann@acme.io"},
    /* allowed domains, with what is below them */
    {{.allowed_domains = "acme.io"}, "a@acme.io", false, false, true, ACCESS_ALLOWED_DOMAIN, "acme.io"},
    {{.allowed_domains = "b.io,acme.io"}, "a@x.y.acme.io", false, false, true, ACCESS_ALLOWED_DOMAIN, "acme.io"},
    {{.allowed_domains = "acme.io"}, "a@notacme.io", false, false, false, ACCESS_NOT_ALLOWED, NULL},
    {{.allowed_domains = "acme.io"}, "a@acme.io.evil.io", false, false, false, ACCESS_NOT_ALLOWED, NULL},
    {{.allowed_domains = "acme.io"}, "a@b@acme.io", false, false, false, ACCESS_NOT_ALLOWED, NULL},
    {{.allowed_domains = "acme.io"}, "acme.io", false, false, false, ACCESS_NOT_ALLOWED, NULL},
    {{.allowed_domains = "acme.io"}, "a@", false, false, false, ACCESS_NOT_ALLOWED, NULL},
    {{.allowed_domains = "@acme.io,*.acme.io,.acme.io"}, "a@acme.io", false, false, false, ACCESS_NOT_ALLOWED, NULL},
    /* with allowed domains, blocked domains are not checked */
    {{.allowed_domains = "acme.io", .blocked_domains = "acme.io"},
     "a@acme.io",
     false,
     false,
     true,
     ACCESS_ALLOWED_DOMAIN,
     "acme.io"},
    /* blocked domains */
    {{.blocked_domains = "acme.io"}, "a@acme.io", false, false, false, ACCESS_BLOCKED_DOMAIN, "acme.io"},
    {{.blocked_domains = "acme.io"}, "a@x.acme.io", false, false, false, ACCESS_BLOCKED_DOMAIN, "acme.io"},
    {{.blocked_domains = "acme.io"}, "a@notacme.io", false, false, true, ACCESS_OPEN, NULL},
    {{.blocked_domains = "acme.io"}, "a@b@acme.io", false, false, true, ACCESS_OPEN, NULL},
    /* one domain in two spellings */
    {{.blocked_domains = "m\xc3\xbcnchen.de"},
     "a@xn--mnchen-3ya.de",
     false,
     false,
     false,
     ACCESS_BLOCKED_DOMAIN,
     "m\xc3\xbcnchen.de"},
    {{.allowed_domains = "xn--mnchen-3ya.de"},
     "a@m\xc3\xbcnchen.de",
     false,
     false,
     true,
     ACCESS_ALLOWED_DOMAIN,
     "xn--mnchen-3ya.de"},
    {{.blocked_emails = "a@m\xc3\xbcnchen.de"},
     "a@xn--mnchen-3ya.de",
     false,
     false,
     false,
     ACCESS_BLOCKED_EMAIL,
     "a@m\xc3\xbcnchen.de"},
    /* similar letters of other scripts are different letters */
    {{.allowed_domains = "acme.io"}, "a@\xd0\xb0\x63me.io", false, false, false, ACCESS_NOT_ALLOWED, NULL},
    /* by invitation: an invitation or an account is required, and neither overrules the lists */
    {{.invite_only = true}, "a@acme.io", false, false, false, ACCESS_INVITATION_NEEDED, NULL},
    {{.invite_only = true}, "a@acme.io", false, true, true, ACCESS_INVITED, NULL},
    {{.invite_only = true}, "a@acme.io", true, false, true, ACCESS_HAS_ACCOUNT, NULL},
    {{.invite_only = true, .allowed_domains = "acme.io"},
     "a@acme.io",
     false,
     false,
     false,
     ACCESS_INVITATION_NEEDED,
     NULL},
    {{.invite_only = true, .allowed_domains = "acme.io"}, "a@b.io", false, true, false, ACCESS_NOT_ALLOWED, NULL},
    {{.invite_only = true, .blocked_emails = "a@acme.io"},
     "a@acme.io",
     true,
     true,
     false,
     ACCESS_BLOCKED_EMAIL,
     "a@acme.io"},
};

static void each_case_is_decided_by_its_rule(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        void *arena = talloc_new(*state);
        struct config config = config_of(arena, &cases[i].lists);
        struct access_decision decision = access_decide(arena, &config,
                                                        &(struct access_question){.email = cases[i].email,
                                                                                  .has_account = cases[i].has_account,
                                                                                  .invited = cases[i].invited});

        if (decision.may_sign_in != cases[i].may_sign_in || decision.rule != cases[i].rule)
            fail_msg("case %zu, %s: rule %d", i, cases[i].email, (int)decision.rule);
        if (cases[i].entry)
            assert_string_equal(decision.entry, cases[i].entry);
        else
            assert_null(decision.entry);
        talloc_free(arena);
    }
}

static void owning_has_a_list_of_its_own(void **state)
{
    struct config everybody = {0};
    struct config boss = config_of(*state, &(struct lists){.owners = "boss@acme.io,a@xn--mnchen-3ya.de"});

    assert_true(access_may_own(*state, &everybody, "anybody"));
    assert_true(access_may_own(*state, &boss, " BOSS@acme.io"));
    assert_true(access_may_own(*state, &boss, "a@m\xc3\xbcnchen.de"));
    assert_false(access_may_own(*state, &boss, "ann@acme.io"));
    assert_false(access_may_own(*state, &boss, "boss@acme.io@acme.io"));
    assert_false(access_may_own(*state, &boss, ""));
}

static int make_arena(void **state)
{
    *state = talloc_new(NULL);
    return *state ? 0 : -1;
}

static int free_arena(void **state)
{
    return talloc_free(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_is_decided_by_its_rule),
        cmocka_unit_test(owning_has_a_list_of_its_own),
    };

    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
