/* Formats an access decision as text. */
#include "policy/explain.h"

#include <string.h>
#include <talloc.h>

#include "base/email.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "policy/statements.h"

enum { SENTENCE_MAX = 1024, ADDRESS_SHOWN = 320 };

/* The sentences for each rule. */
static const struct {
    const char *code;
    const char *why;
    const char *variable; /* the variable that sets the rule; NULL: none */
} rules[] = {
    [ACCESS_OPEN] = {"open", "no rule refuses it", NULL},
    [ACCESS_ALLOWED_DOMAIN] = {"allowed-domain", "its domain is, or is below, an allowed one",
                               "AGENTA_ACCESS_ALLOWED_DOMAINS"},
    [ACCESS_BLOCKED_EMAIL] = {"blocked-email", "the address is blocked", "AGENTA_ACCESS_BLOCKED_EMAILS"},
    [ACCESS_NOT_ALLOWED] = {"not-allowed", "its domain is neither one of the allowed ones nor below one",
                            "AGENTA_ACCESS_ALLOWED_DOMAINS"},
    [ACCESS_BLOCKED_DOMAIN] = {"blocked-domain", "its domain is, or is below, a blocked one",
                               "AGENTA_ACCESS_BLOCKED_DOMAINS"},
    [ACCESS_INVITED] = {"invited", "signing up requires an invitation, and it has one", "ORGD_ACCESS_INVITE_ONLY"},
    [ACCESS_HAS_ACCOUNT] = {"has-account", "signing up requires an invitation, but it has an account already",
                            "ORGD_ACCESS_INVITE_ONLY"},
    [ACCESS_INVITATION_NEEDED] = {"invitation-needed", "signing up requires an invitation, and it has none",
                                  "ORGD_ACCESS_INVITE_ONLY"},
};

/* The address in the form used for comparison: lower case, its domain in ASCII. */
static const char *folded(void *arena, const char *email)
{
    const char *address = email_fold(arena, email);
    const char *domain = address ? email_domain(address) : NULL;
    const char *ascii = domain ? email_ascii_domain(arena, domain) : NULL;

    return ascii ? talloc_asprintf(arena, "%.*s%s", (int)(domain - address), address, ascii) : address;
}

enum err access_explain(void *arena, const struct config *config, const char *email,
                        struct access_explanation *explanation)
{
    *explanation = (struct access_explanation){.arena = arena, .config = config};
    explanation->email = text_valid(email, strlen(email)) ? folded(arena, email) : email;
    if (!explanation->email)
        return ERR_MEMORY;
    explanation->is_address = email_valid_known(explanation->email);
    access_explain_known(explanation, false, false);
    explanation->asked = false;
    return OK;
}

void access_explain_known(struct access_explanation *explanation, bool has_account, bool invited)
{
    explanation->question =
        (struct access_question){.email = explanation->email, .has_account = has_account, .invited = invited};
    explanation->decision = access_decide(explanation->arena, explanation->config, &explanation->question);
    explanation->asked = true;
}

enum err access_explain_ask(struct access_explanation *explanation, struct db *db)
{
    struct result result;

    if (!explanation->is_address)
        return OK;
    TRY(DB_RUN(db, access_known, &result, param_text(explanation->email)));
    access_explain_known(explanation, result_bool(&result, 0, ACCESS_KNOWN_ACCOUNT),
                         result_bool(&result, 0, ACCESS_KNOWN_INVITED));
    result_clear(&result);
    return OK;
}

bool access_explain_is_certain(const struct access_explanation *explanation)
{
    return explanation->asked || !explanation->is_address || explanation->decision.rule != ACCESS_INVITATION_NEEDED;
}

bool access_explain_may_sign_in(const struct access_explanation *explanation)
{
    return explanation->is_address && explanation->decision.may_sign_in;
}

/* ---- sentences ---- */

/* The name under which the rule's variable is set; NULL when the rule has none. */
static const char *variable_of(const struct access_explanation *explanation)
{
    const char *name = rules[explanation->decision.rule].variable;

    return name ? config_set_as(explanation->config, name) : NULL;
}

/* "ann@acme.io may sign in: its domain is, or is below, an allowed one (acme.io in AGENTA_ALLOWED_DOMAINS)." */
static void write_sign_in(const struct access_explanation *explanation, struct buffer *out)
{
    const struct access_decision *decision = &explanation->decision;
    const char *variable = variable_of(explanation);

    utf8_show(out, explanation->email, ADDRESS_SHOWN);
    if (!explanation->is_address) {
        buffer_text(out, " is not an e-mail address: it is refused before any rule is applied.");
        return;
    }
    buffer_format(out, " may %ssign in: %s", decision->may_sign_in ? "" : "not ", rules[decision->rule].why);
    if (variable) {
        buffer_text(out, " (");
        if (decision->entry) {
            utf8_show(out, decision->entry, ADDRESS_SHOWN);
            buffer_text(out, " in ");
        }
        buffer_format(out, "%s)", variable);
    }
    buffer_char(out, '.');
}

static void write_own(const struct access_explanation *explanation, struct buffer *out)
{
    const char *variable = config_set_as(explanation->config, "AGENTA_ACCESS_ALLOWED_OWNER_EMAILS");

    if (explanation->config->allowed_owners.count == 0)
        buffer_format(out, "It may own organizations: everybody who signs in may (%s is empty).", variable);
    else if (explanation->decision.may_own)
        buffer_format(out, "It may own organizations: %s lists it.", variable);
    else
        buffer_format(out, "It may not own organizations: %s lists others. It may belong to those it is invited to.",
                      variable);
    if (explanation->decision.may_own && !access_explain_may_sign_in(explanation))
        buffer_text(out, " This has no effect as long as the address may not sign in.");
}

/* Writes the known facts about the address, if they affect the decision. */
static void write_known(const struct access_explanation *explanation, struct buffer *out)
{
    if (explanation->asked)
        buffer_format(out, "It has %s account and %s open invitation.", explanation->question.has_account ? "an" : "no",
                      explanation->question.invited ? "an" : "no");
    else if (explanation->unasked) {
        buffer_text(out, "It is unknown whether it has an account or an invitation: ");
        utf8_show(out, explanation->unasked, SENTENCE_MAX / 2);
        buffer_char(out, '.');
    }
}

static void (*const sentences[])(const struct access_explanation *explanation,
                                 struct buffer *out) = {write_sign_in, write_own, write_known};
enum { SENTENCES = sizeof sentences / sizeof *sentences };

/* Sentence number `index`; "" when there is nothing to report, NULL without memory. A malformed address has only the
 * first sentence. */
static const char *sentence(const struct access_explanation *explanation, size_t index)
{
    struct buffer text = buffer_make(explanation->arena, SENTENCE_MAX);

    if (index == 0 || explanation->is_address)
        sentences[index](explanation, &text);
    return buffer_string(&text);
}

void access_explain_text(const struct access_explanation *explanation, struct buffer *out)
{
    for (size_t i = 0; i < SENTENCES; i++) {
        const char *text = sentence(explanation, i);

        if (!text)
            out->failed = true;
        else if (*text)
            buffer_format(out, "%s\n", text);
    }
}

static void write_flag(const struct access_explanation *explanation, const char *name, bool value, struct buffer *out)
{
    json_key(out, name);
    if (explanation->asked)
        json_bool(out, value);
    else
        json_nil(out);
}

void access_explain_json(const struct access_explanation *explanation, struct buffer *out)
{
    const struct access_decision *decision = &explanation->decision;
    struct buffer shown = buffer_make(explanation->arena, SENTENCE_MAX);

    utf8_show(&shown, explanation->email, ADDRESS_SHOWN);
    json_open(out, '{');
    JSON_MEMBERS(out, member_text("email", buffer_string(&shown)), member_bool("is_address", explanation->is_address),
                 member_bool("may_sign_in", access_explain_may_sign_in(explanation)),
                 member_bool("may_own", explanation->is_address && decision->may_own),
                 member_text("rule", explanation->is_address ? rules[decision->rule].code : NULL),
                 member_text("entry", explanation->is_address ? decision->entry : NULL),
                 member_text("variable", explanation->is_address ? variable_of(explanation) : NULL));
    write_flag(explanation, "has_account", explanation->question.has_account, out);
    write_flag(explanation, "invited", explanation->question.invited, out);
    json_key(out, "sentences");
    json_open(out, '[');
    for (size_t i = 0; i < SENTENCES; i++) {
        const char *text = sentence(explanation, i);

        if (!text)
            out->failed = true;
        else if (*text)
            json_text(out, text);
    }
    json_close(out, ']');
    json_close(out, '}');
}
