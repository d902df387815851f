/* Fuzzes the access rules: the input is an address and the four lists, one per line, and a last line of switches. */
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "fuzz.h"
#include "policy/access_report.h"
#include "policy/explain.h"
#include "policy/signin_rules.h"

enum { LINES = 6, ITEMS_MAX = 16 };

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("ann@acme.io\nacme.io,x.io\n\nb@acme.io\nann@acme.io\n"),
    FUZZ_SEED(" Ann@X.ACME.io \n\nacme.io,@a,*.b,.c\nann@acme.io\n\ninvite"),
    FUZZ_SEED("a@m\xc3\xbcnchen.de\nxn--mnchen-3ya.de\n\n\na@xn--mnchen-3ya.de\naccount"),
    FUZZ_SEED("\"a b\"@[127.0.0.1]\n\na@b@c\n\"a b\"@[127.0.0.1],co.uk,a\xe3\x80\x82z\n\ninvite account"),
    {0},
};

/* Splits at commas like the configuration: trimmed, in lower case, without empty entries. */
static struct config_list list_of(void *arena, const char *text)
{
    struct config_list list = {0};
    const char **items = talloc_zero_array(arena, const char *, ITEMS_MAX);

    list.items = items;
    while (*text && list.count < ITEMS_MAX) {
        size_t len = strcspn(text, ",");
        const char *item = text_fold_email(arena, talloc_strndup(arena, text, len));

        if (item && *item)
            items[list.count++] = item;
        text += len + (text[len] == ',');
    }
    return list;
}

static bool same(const struct access_decision *a, const struct access_decision *b)
{
    return a->may_sign_in == b->may_sign_in && a->may_own == b->may_own && a->rule == b->rule && a->entry == b->entry;
}

/* Properties of every address with any lists. */
static void check(void *arena, const struct config *config, const struct access_question *question)
{
    struct access_question known = *question;
    struct access_decision decision = access_decide(arena, config, question), again;
    const char *folded = text_fold_email(arena, question->email);

    again = access_decide(arena, config, question);
    require(same(&decision, &again));
    /* an address is compared trimmed and in lower case, so folding it changes nothing */
    known.email = folded;
    again = access_decide(arena, config, &known);
    require(same(&decision, &again));
    /* an account or an invitation never leads to a refusal, and never overrules the lists */
    known.has_account = known.invited = true;
    again = access_decide(arena, config, &known);
    require(again.may_sign_in >= decision.may_sign_in);
    require(again.may_sign_in == decision.may_sign_in || decision.rule == ACCESS_INVITATION_NEEDED);
    for (size_t i = 0; i < config->blocked_emails.count; i++)
        require(strcmp(config->blocked_emails.items[i], folded) != 0 || decision.rule == ACCESS_BLOCKED_EMAIL);
    for (size_t i = 0; i < config->allowed_owners.count; i++)
        require(strcmp(config->allowed_owners.items[i], folded) != 0 || decision.may_own);
    require(decision.may_own == access_may_own(arena, config, question->email));
    require(decision.may_own || config->allowed_owners.count > 0);
}

/* All texts are UTF-8, and each entry is one line. */
static void word(void *arena, const struct config *config, const char *email)
{
    struct buffer text = buffer_make(arena, 1 << 20), json = text;
    struct access_explanation explanation;
    struct access_report report;

    require(access_explain(arena, config, email, &explanation) == OK);
    access_explain_text(&explanation, &text);
    access_explain_json(&explanation, &json);
    require(access_report_make(arena, config, false, &report) == OK);
    access_report_text(&report, &text);
    access_report_json(&report, &json);
    require(buffer_string(&text) && text_valid(text.data, text.len));
    require(buffer_string(&json) && text_valid(json.data, json.len) && !strchr(json.data, '\n'));
    for (size_t i = 0; i < text.len; i++)
        require((unsigned char)text.data[i] >= ' ' || text.data[i] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    const char *at = talloc_strndup(arena, (const char *)data, size);
    const char *lines[LINES] = {"", "", "", "", "", ""};
    struct config config = {.email_method = "auto", .password_policy = "strong", .rate_limits = true};
    struct access_question question;

    for (int i = 0; i < LINES; i++) {
        size_t len = strcspn(at, "\n");

        lines[i] = talloc_strndup(arena, at, len);
        at += len + (at[len] == '\n');
    }
    config.allowed_domains = list_of(arena, lines[1]);
    config.blocked_domains = list_of(arena, lines[2]);
    config.blocked_emails = list_of(arena, lines[3]);
    config.allowed_owners = list_of(arena, lines[4]);
    config.invite_only = strstr(lines[5], "invite") != NULL;
    question = (struct access_question){.email = lines[0], .has_account = strstr(lines[5], "account") != NULL};
    /* the configuration accepts no other text */
    if (text_valid((const char *)data, strnlen((const char *)data, size)) && strlen(lines[0]) < 4096) {
        check(arena, &config, &question);
        word(arena, &config, question.email);
    }
    (void)talloc_free(arena);
    return 0;
}
