/* Tests of the access report: each fact and each warning, and the absence of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "base/platform.h"
#include "config/config.h"
#include "policy/access_report.h"
#include "policy/explain.h"

/* The environment of a case: NAME=value each, ended by NULL. */
static const char *const *environment;

static const char *find_variable(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; environment[i]; i++)
        if (strncmp(environment[i], name, len) == 0 && environment[i][len] == '=')
            return environment[i] + len + 1;
    return NULL;
}

static const char *const *all_variables(void)
{
    return environment;
}

static struct config load(void *arena, const char *const *variables)
{
    struct config config;
    struct error error = {0};

    environment = variables;
    if (config_load(arena, NULL, &config, &error) != OK)
        fail_msg("%s", error.cause);
    return config;
}

static struct access_report report_of(void *arena, const struct config *config, bool discreet)
{
    struct access_report report;

    assert_int_equal(access_report_make(arena, config, discreet, &report), OK);
    return report;
}

/* The codes of the warnings, each with a space after it. */
static const char *warnings_of(void *arena, const struct access_report *report)
{
    char *codes = talloc_strdup(arena, "");

    for (size_t i = 0; i < report->count; i++)
        if (report->lines[i].warning)
            codes = talloc_asprintf_append(codes, "%s ", report->lines[i].code);
    return codes;
}

static const char *text_of(const struct access_report *report, const char *code)
{
    for (size_t i = 0; i < report->count; i++)
        if (strcmp(report->lines[i].code, code) == 0)
            return report->lines[i].text;
    fail_msg("there is no line %s", code);
    return "";
}

#define OTP "SMTP_HOST=mail.acme.io", "SMTP_PORT=25", "SMTP_FROM_EMAIL=orgd@acme.io"
#define DOMAINS "AGENTA_ACCESS_ALLOWED_DOMAINS="
#define OWNERS "AGENTA_ACCESS_ALLOWED_OWNER_EMAILS="

static const struct {
    const char *variables[8];
    const char *codes;
} cases[] = {
    {{OTP}, ""},
    {{OTP, DOMAINS "acme.io", OWNERS "boss@acme.io"}, ""},
    {{OTP, "ORGD_LISTEN=[::1]:80", "AGENTA_API_URL=http://localhost:8000/api"}, ""},
    {{OTP, "ORGD_LISTEN=localhost:80", "AGENTA_API_URL=http://a.localhost/api"}, ""},
    /* addresses where the server is reachable */
    {{OTP, "ORGD_LISTEN=0.0.0.0:80"}, "open-public "},
    {{OTP, "ORGD_LISTEN=[::]:80"}, "open-public "},
    {{OTP, "ORGD_LISTEN=192.0.2.1:80", "AGENTA_ACCESS_BLOCKED_DOMAINS=x.io"}, "open-public "},
    {{OTP, "ORGD_LISTEN=0.0.0.0:80", DOMAINS "acme.io"}, ""},
    {{OTP, "ORGD_LISTEN=0.0.0.0:80", "ORGD_ACCESS_INVITE_ONLY=on"}, ""},
    {{OTP, "AGENTA_API_URL=https://a.acme.io/api"}, "open-public proxy "},
    {{OTP, "AGENTA_API_URL=https://notlocalhost/api"}, "open-public proxy "},
    {{OTP, "AGENTA_API_URL=https://a.acme.io/api", "ORGD_TRUSTED_PROXIES=127.0.0.1"}, "open-public "},
    {{OTP, "AGENTA_API_URL=https://a.acme.io/api", DOMAINS "acme.io"}, "proxy "},
    {{OTP, "ORGD_RATE_LIMITS=off"}, "no-limits "},
    {{"ORGD_LISTEN=0.0.0.0:80"}, "open-public owners-reset "},
    {{"ORGD_LISTEN=0.0.0.0:80", "ORGD_OWNERS_RESET_PASSWORDS=off"}, "open-public "},
    {{"ORGD_LISTEN=0.0.0.0:80", OWNERS "boss@acme.io"}, "unproven open-public "},
    {{OTP, "ORGD_LISTEN=0.0.0.0:80", "ORGD_EMAIL_METHOD=password"}, "open-public "},
    /* sign-in methods */
    {{DOMAINS "acme.io"}, "unproven "},
    {{"ORGD_ACCESS_INVITE_ONLY=on"}, "unproven "},
    {{OTP, "ORGD_EMAIL_METHOD=password", OWNERS "boss@acme.io"}, "unproven "},
    {{"ORGD_EMAIL_METHOD=password"}, ""},
    {{"AGENTA_ACCESS_EMAIL_DISABLED=on"}, "no-start "},
    {{"ORGD_EMAIL_METHOD=otp"}, "no-start "},
    /* mail */
    {{"SMTP_HOST=mail.acme.io"}, "mail-incomplete "},
    {{"SENDGRID_API_KEY=k"}, "mail-incomplete "},
    {{OTP, "SMTP_USE_TLS=off"}, "mail-clear "},
    {{OTP, "SMTP_USE_TLS=off", "SMTP_USE_SSL=on"}, ""},
    {{OTP, "SMTP_USE_SSL=on"}, "no-start "},
    {{"SMTP_HOST=127.0.0.1", "SMTP_PORT=25", "SMTP_FROM_EMAIL=a@b.io", "SMTP_USE_TLS=off"}, ""},
    /* contradictions between lists */
    {{OTP, DOMAINS "acme.io", "AGENTA_ACCESS_BLOCKED_DOMAINS=x.io"}, "blocked-domains "},
    {{OTP, DOMAINS, "AGENTA_ALLOWED_DOMAINS=acme.io"}, "hidden-name "},
    {{OTP, DOMAINS "acme.io", "AGENTA_ALLOWED_DOMAINS="}, ""},
    {{OTP, OWNERS, "AGENTA_ORG_CREATION_ALLOWLIST=a@b.io"}, "hidden-name "},
    {{OTP, "AGENTA_API_CACHING_ENABLED=on", "AGENTA_CACHE_ENABLED=off"}, ""},
    {{OTP, OWNERS "a@acme.io,b@acme.io", "AGENTA_ACCESS_BLOCKED_EMAILS=a@acme.io"}, "owner-refused "},
    {{OTP, OWNERS "a@b.io,b@acme.io", DOMAINS "acme.io"}, "owner-refused "},
    {{OTP, OWNERS "a@x.b.io", "AGENTA_ACCESS_BLOCKED_DOMAINS=b.io"}, "owner-refused no-owner "},
    {{OTP, OWNERS "acme.io"}, "no-owner entry "},
    {{OTP, OWNERS "boss@acme.io", "ORGD_ACCESS_INVITE_ONLY=on"}, ""},
    /* entries */
    {{OTP, DOMAINS "@acme.io,*.acme.io,.acme.io,acme.io.,a.io;b.io,\"a.io\",a..io,acme.io"},
     "entry entry entry entry entry entry entry "},
    {{OTP, "AGENTA_ACCESS_BLOCKED_DOMAINS=*.acme.io,ann@b.io"}, "entry entry "},
    {{OTP, "AGENTA_ACCESS_BLOCKED_EMAILS=acme.io,@acme.io,*@acme.io,ann@acme.io,a@b@c.io"}, "entry entry entry entry "},
    {{OTP, DOMAINS "com,co.uk,acme.co.uk,intranet,localhost"}, "public-suffix public-suffix "},
    {{OTP, "AGENTA_ACCESS_BLOCKED_DOMAINS=ru"}, ""},
    {{OTP, DOMAINS "m\xc3\xbcnchen.de,xn--mnchen-3ya.de", OWNERS "a@m\xc3\xbcnchen.de"}, ""},
};

static void every_warning_has_its_reason(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        void *arena = talloc_new(*state);
        struct config config = load(arena, cases[i].variables);
        struct access_report report = report_of(arena, &config, false);
        const char *codes = warnings_of(arena, &report);

        if (strcmp(codes, cases[i].codes) != 0)
            fail_msg("case %zu: \"%s\" instead of \"%s\"", i, codes, cases[i].codes);
        talloc_free(arena);
    }
}

static void variables_are_named_as_they_are_set(void **state)
{
    static const char *const variables[] = {"AGENTA_ALLOWED_DOMAINS=@acme.io,b.io",
                                            "AGENTA_ACCESS_ORG_CREATION_ALLOWLIST=a@b.io", OTP, NULL};
    struct config config = load(*state, variables);
    struct access_report report = report_of(*state, &config, false);

    assert_string_equal(text_of(&report, "sign-in"),
                        "Only addresses of these domains, and of what is below them, may sign in: @acme.io, b.io "
                        "(AGENTA_ALLOWED_DOMAINS).");
    assert_string_equal(text_of(&report, "owners"),
                        "1 address may own organizations (AGENTA_ACCESS_ORG_CREATION_ALLOWLIST); everybody else "
                        "can only join organizations that invite them.");
    assert_string_equal(
        text_of(&report, "entry"),
        "@acme.io in AGENTA_ALLOWED_DOMAINS is not a domain and matches no address, so it lets nobody in; "
        "write acme.io, which includes its subdomains.");
}

/* A log must not contain people's addresses. */
static void a_discreet_report_names_no_address(void **state)
{
    static const char *const variables[] = {"AGENTA_ACCESS_BLOCKED_EMAILS=eve@acme.io,secret-person",
                                            "AGENTA_ACCESS_ALLOWED_OWNER_EMAILS=bob@x.io,eve@acme.io",
                                            DOMAINS "acme.io", NULL};
    struct config config = load(*state, variables);
    struct access_report report = report_of(*state, &config, true);
    struct buffer out = buffer_make(*state, 1 << 16), access = out;

    access_report_text(&report, &out);
    access_summary(&config, &access);
    assert_string_equal(warnings_of(*state, &report), "unproven owner-refused owner-refused no-owner entry ");
    assert_null(strchr(buffer_string(&out), '@'));
    assert_null(strstr(buffer_string(&out), "secret-person"));
    assert_non_null(strstr(buffer_string(&out), "entry 2 in AGENTA_ACCESS_BLOCKED_EMAILS"));
    assert_null(strchr(buffer_string(&access), '@'));
}

static void many_warnings_are_counted(void **state)
{
    char *line = talloc_strdup(*state, DOMAINS "acme.io");
    const char *variables[] = {NULL, OTP, NULL};
    struct access_report report;
    struct config config;

    for (int i = 0; i < 250; i++)
        line = talloc_asprintf_append(line, ",*.x%d.io", i);
    variables[0] = line;
    config = load(*state, variables);
    report = report_of(*state, &config, false);
    assert_int_equal(report.warnings, 250);
    assert_string_equal(report.lines[report.count - 1].text, "There are 150 more warnings.");
}

static void an_explanation_is_certain_unless_an_invitation_counts(void **state)
{
    static const char *const open[] = {OTP, NULL};
    static const char *const invited[] = {OTP, "ORGD_ACCESS_INVITE_ONLY=on", "AGENTA_ACCESS_BLOCKED_EMAILS=b@acme.io",
                                          NULL};
    struct access_explanation explanation;
    struct config config = load(*state, open);

    assert_int_equal(access_explain(*state, &config, "a@acme.io", &explanation), OK);
    assert_true(access_explain_is_certain(&explanation) && access_explain_may_sign_in(&explanation));
    config = load(*state, invited);
    assert_int_equal(access_explain(*state, &config, "b@acme.io", &explanation), OK);
    assert_true(access_explain_is_certain(&explanation) && !access_explain_may_sign_in(&explanation));
    assert_int_equal(access_explain(*state, &config, "a@acme.io", &explanation), OK);
    assert_false(access_explain_is_certain(&explanation));
    access_explain_known(&explanation, false, true);
    assert_true(access_explain_is_certain(&explanation) && access_explain_may_sign_in(&explanation));
    assert_int_equal(access_explain(*state, &config, "a@b@acme.io", &explanation), OK);
    assert_true(access_explain_is_certain(&explanation) && !access_explain_may_sign_in(&explanation));
}

static int use_own_environment(void **state)
{
    *state = talloc_new(NULL);
    platform.environment = find_variable;
    platform.environment_all = all_variables;
    return 0;
}

static int free_arena(void **state)
{
    talloc_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_warning_has_its_reason),
        cmocka_unit_test(variables_are_named_as_they_are_set),
        cmocka_unit_test(a_discreet_report_names_no_address),
        cmocka_unit_test(many_warnings_are_counted),
        cmocka_unit_test(an_explanation_is_certain_unless_an_invitation_counts),
    };

    return cmocka_run_group_tests(tests, use_own_environment, free_arena);
}
