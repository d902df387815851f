/* Warns of settings that contradict each other, and of entries without the effect that they suggest. */
#include <libpsl.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/email.h"
#include "base/text.h"
#include "base/utf8.h"
#include "mail/outbox.h"
#include "mail/transport.h"
#include "policy/access_report.h"
#include "policy/signin_methods.h"
#include "policy/signin_rules.h"

enum { ENTRY_MAX = 400, ENTRY_SHOWN = 254 };

#define warn(report, code, ...) access_report_add((report), (code), true, __VA_ARGS__)

/* ---- entries of lists ---- */

/* One of the four lists. */
struct listed {
    const struct config_list *list;
    const char *variable; /* the name under which it is set */
    const char *harm;     /* the effect of an entry that matches no address */
    bool domains;         /* otherwise addresses */
    bool letting_in;      /* entries allow addresses */
};

/* An entry in readable form. In a log, an entry of a list of addresses is given by its position. */
static const char *shown(struct access_report *report, const struct listed *listed, size_t index)
{
    struct buffer text = buffer_make(report->arena, ENTRY_MAX);

    if (report->discreet && !listed->domains)
        buffer_format(&text, "entry %zu", index + 1);
    else
        utf8_show(&text, listed->list->items[index], ENTRY_SHOWN);
    return buffer_string(&text) ? buffer_string(&text) : "an entry";
}

/* The domain in ASCII, or NULL when `text` is not a domain. */
static const char *domain_of(void *arena, const char *text)
{
    const char *ascii = email_ascii_domain(arena, text);
    size_t len = ascii ? strlen(ascii) : 0;

    return len > 0 && *ascii != '.' && ascii[len - 1] != '.' && !strstr(ascii, "..") ? ascii : NULL;
}

/* The domain that a malformed entry probably means: "@acme.io", "*.acme.io" and ".acme.io" mean "acme.io". NULL:
 * unknown. */
static const char *meant_domain(void *arena, const char *entry)
{
    const char *at = strrchr(entry, '@');
    const char *start = at ? at + 1 : entry;
    size_t len;

    start += strspn(start, "*.");
    len = strcspn(start, "/");
    while (len > 0 && start[len - 1] == '.')
        len--;
    start = talloc_strndup(arena, start, len);
    return start && *start ? domain_of(arena, start) : NULL;
}

static void look_at_domain(struct access_report *report, const struct listed *listed, size_t index)
{
    const char *entry = listed->list->items[index];
    const char *ascii = domain_of(report->arena, entry);
    const char *meant = ascii ? NULL : meant_domain(report->arena, entry);

    if (!ascii && meant)
        warn(report, "entry",
             "%s in %s is not a domain and matches no address, so it %s; write %s, which includes "
             "its subdomains.",
             shown(report, listed, index), listed->variable, listed->harm, meant);
    else if (!ascii)
        warn(report, "entry",
             "%s in %s is not a domain and matches no address, so it %s; domains are separated by commas, "
             "without quotes.",
             shown(report, listed, index), listed->variable, listed->harm);
    else if (listed->letting_in && psl_is_public_suffix2(psl_builtin(), ascii, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE))
        warn(report, "public-suffix",
             "%s in %s is a suffix under which others register their domains: addresses of all "
             "of them may sign in.",
             shown(report, listed, index), listed->variable);
}

/* The address with its domain in ASCII, or NULL when it is malformed. */
static const char *address_of(void *arena, const char *text)
{
    const char *domain = email_domain(text);
    const char *ascii = domain ? email_ascii_domain(arena, domain) : NULL;
    const char *address = ascii ? talloc_asprintf(arena, "%.*s%s", (int)(domain - text), text, ascii) : text;

    return address && email_valid_known(address) ? address : NULL;
}

static void look_at_address(struct access_report *report, const struct listed *listed, size_t index)
{
    const char *entry = listed->list->items[index];

    if (!address_of(report->arena, entry))
        warn(report, "entry", "%s in %s is not an e-mail address, so it %s; addresses are compared as a whole.",
             shown(report, listed, index), listed->variable, listed->harm);
    else if (strchr(entry, '*'))
        warn(report, "entry", "%s in %s contains an asterisk, which is taken literally: it is not a wildcard.",
             shown(report, listed, index), listed->variable);
}

static void look_at_entries(struct access_report *report)
{
    const struct config *config = report->config;
    const struct listed lists[] = {
        {&config->allowed_domains, config_set_as(config, "AGENTA_ACCESS_ALLOWED_DOMAINS"), "lets nobody in", true,
         true},
        {&config->blocked_domains, config_set_as(config, "AGENTA_ACCESS_BLOCKED_DOMAINS"), "blocks nobody", true,
         false},
        {&config->blocked_emails, config_set_as(config, "AGENTA_ACCESS_BLOCKED_EMAILS"), "blocks nobody", false, false},
        {&config->allowed_owners, config_set_as(config, "AGENTA_ACCESS_ALLOWED_OWNER_EMAILS"), "makes nobody an owner",
         false, true},
    };

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < lists[i].list->count; j++)
            (lists[i].domains ? look_at_domain : look_at_address)(report, &lists[i], j);
}

/* ---- contradictions between lists ---- */

static void look_at_lists(struct access_report *report)
{
    const struct config *config = report->config;
    const char *const lists[] = {"AGENTA_ACCESS_ALLOWED_DOMAINS", "AGENTA_ACCESS_BLOCKED_DOMAINS",
                                 "AGENTA_ACCESS_BLOCKED_EMAILS", "AGENTA_ACCESS_ALLOWED_OWNER_EMAILS"};

    if (config->allowed_domains.count > 0 && config->blocked_domains.count > 0)
        warn(report, "blocked-domains",
             "%s has no effect: blocked domains are ignored when domains are "
             "allowed (%s). To keep somebody out, use AGENTA_ACCESS_BLOCKED_EMAILS.",
             config_set_as(config, "AGENTA_ACCESS_BLOCKED_DOMAINS"),
             config_set_as(config, "AGENTA_ACCESS_ALLOWED_DOMAINS"));
    for (size_t i = 0; i < config->stray_count; i++) {
        const struct config_stray *stray = &config->strays[i];

        for (size_t j = 0; stray->hider && j < sizeof lists / sizeof *lists; j++)
            if (strcmp(stray->hider, config_set_as(config, lists[j])) == 0)
                warn(report, "hidden-name",
                     "%.64s has no effect: %s, another name of the same list, is set too, even "
                     "if empty, and takes precedence.",
                     stray->name, stray->hider);
    }
}

/* Why an address may not sign in, by the lists alone. */
static const char *refusal(enum access_rule rule)
{
    switch (rule) {
    case ACCESS_BLOCKED_EMAIL:
        return "the address is blocked";
    case ACCESS_BLOCKED_DOMAIN:
        return "its domain is blocked";
    default:
        return "its domain is not allowed";
    }
}

/* Warns of addresses that may own organizations but not sign in. Accounts and invitations are not considered: only the
 * database knows them. */
static void look_at_owners(struct access_report *report)
{
    const struct config *config = report->config;
    const struct listed owners = {&config->allowed_owners, config_set_as(config, "AGENTA_ACCESS_ALLOWED_OWNER_EMAILS"),
                                  NULL, false, true};
    size_t refused = 0;

    for (size_t i = 0; i < owners.list->count; i++) {
        struct access_question question = {owners.list->items[i], true, true};
        struct access_decision decision = access_decide(report->arena, config, &question);

        if (decision.may_sign_in && address_of(report->arena, question.email))
            continue;
        refused++;
        if (!decision.may_sign_in)
            warn(report, "owner-refused", "%s in %s may own organizations, but not sign in: %s.",
                 shown(report, &owners, i), owners.variable, refusal(decision.rule));
    }
    if (refused > 0 && refused == owners.list->count)
        warn(report, "no-owner", "No address in %s can sign in, so nobody can create an organization.",
             owners.variable);
}

/* ---- exposure ---- */

static bool is_local_host(const char *host, size_t len)
{
    static const char suffix[] = ".localhost";
    const size_t tail = sizeof suffix - 1;

    return (len == tail - 1 && strncasecmp(host, suffix + 1, len) == 0) ||
           (len > tail && strncasecmp(host + len - tail, suffix, tail) == 0) ||
           (len > 4 && strncmp(host, "127.", 4) == 0) || (len == 5 && strncmp(host, "[::1]", 5) == 0);
}

/* ADDRESS:PORT */
static bool listens_locally(const struct config *config)
{
    const char *colon = config->listen ? strrchr(config->listen, ':') : NULL;

    return !colon || is_local_host(config->listen, (size_t)(colon - config->listen));
}

/* Whether the public address is a local one, as the default is. */
static bool is_named_locally(const struct config *config)
{
    const char *host = config->api_url ? strstr(config->api_url, "://") : NULL;
    size_t len;

    if (!host)
        return true;
    host += strlen("://");
    len = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
    return is_local_host(host, len);
}

static void look_at_reach(struct access_report *report)
{
    const struct config *config = report->config;
    bool open = config->allowed_domains.count == 0 && !config->invite_only;
    bool local = listens_locally(config), named_locally = is_named_locally(config);

    if (open && !local)
        warn(report, "open-public",
             "Anybody who can reach %s may sign up. Set AGENTA_ACCESS_ALLOWED_DOMAINS, switch "
             "ORGD_ACCESS_INVITE_ONLY on, or listen on 127.0.0.1.",
             config->listen);
    else if (open && !named_locally)
        warn(report, "open-public",
             "Anybody who can reach %s may sign up. Set AGENTA_ACCESS_ALLOWED_DOMAINS, or switch "
             "ORGD_ACCESS_INVITE_ONLY on.",
             config->api_url);
    if (open && config->owners_reset && config->allowed_owners.count == 0 && !mail_enabled(config) &&
        methods_password(config) && !(local && named_locally))
        warn(
            report, "owners-reset",
            "Every new user owns an organization, and owners can make password-reset links for everybody who joins it. "
            "Switch ORGD_OWNERS_RESET_PASSWORDS off unless all of them trust each other.");
    if (!config->rate_limits)
        warn(report, "no-limits", "Passwords and codes can be tried without limit (ORGD_RATE_LIMITS is off).");
    else if (local && !named_locally && config->trusted_proxies.count == 0)
        warn(report, "proxy",
             "%s is reached through a proxy, so that all clients share its address and its limits; name "
             "the proxy in ORGD_TRUSTED_PROXIES.",
             config->api_url);
}

/* ---- sign-in methods ---- */

static void look_at_methods(struct access_report *report)
{
    const struct config *config = report->config;
    struct error error = {0};

    if (transport_check(config, &error) != OK || methods_check(config, &error) != OK)
        warn(report, "no-start", "The server does not start: %s.", error.cause);
    if (methods_password(config) &&
        (config->allowed_domains.count > 0 || config->allowed_owners.count > 0 || config->invite_only))
        warn(report, "unproven",
             "A password does not prove an address: anybody can be the first to sign up with an allowed address, "
             "even with a stranger's. %s, or sign in through identity providers alone.",
             mail_enabled(config) ? "Set ORGD_EMAIL_METHOD to otp" : "Configure mail, so that users sign in by code");
}

/* ---- mail ---- */

static void look_at_mail(struct access_report *report)
{
    const struct config *config = report->config;

    if (!mail_enabled(config) && (config->smtp_host || config->sendgrid_key))
        warn(report, "mail-incomplete", "No mail is sent, although %s is set: %s.",
             config->smtp_host ? "SMTP_HOST" : "SENDGRID_API_KEY",
             config->smtp_host ? "SMTP_PORT and SMTP_FROM_EMAIL are needed too" : "SENDGRID_FROM_EMAIL is needed too");
    if (mail_enabled(config) && config->smtp_host && !config->smtp_use_tls && !config->smtp_use_ssl &&
        !is_local_host(config->smtp_host, strlen(config->smtp_host)))
        warn(report, "mail-clear",
             "Mail goes to %s unencrypted, codes and links in it included (SMTP_USE_TLS and SMTP_USE_SSL are off).",
             config->smtp_host);
}

void access_warn(struct access_report *report)
{
    look_at_methods(report);
    look_at_mail(report);
    look_at_reach(report);
    look_at_lists(report);
    look_at_owners(report);
    look_at_entries(report);
}
