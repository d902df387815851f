/* Formats the access report as text. */
#include "policy/access_report.h"

#include <stdarg.h>
#include <talloc.h>

#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "mail/outbox.h"
#include "policy/providers.h"
#include "policy/signin_methods.h"

enum {
    FACTS_MAX = 10,
    LINE_MAX_BYTES = 4096,
    ENTRY_SHOWN = 100, /* bytes shown of one entry of a list */
    SUMMARY_ENTRIES = 3,
    REPORT_ENTRIES = 10,
};

void access_report_add(struct access_report *report, const char *code, bool warning, const char *format, ...)
{
    struct buffer text = buffer_make(report->arena, LINE_MAX_BYTES);
    va_list arguments;

    report->warnings += warning ? 1 : 0;
    if (warning && report->warnings > ACCESS_WARNINGS_MAX)
        return;
    va_start(arguments, format);
    buffer_vformat(&text, format, arguments);
    va_end(arguments);
    report->lines[report->count++] =
        (struct access_line){.code = code, .warning = warning, .text = buffer_string(&text)};
}

#define fact(report, code, ...) access_report_add((report), (code), false, __VA_ARGS__)

/* "a.io, b.io and 4 more" */
static void write_list(const struct config_list *list, size_t most, struct buffer *out)
{
    for (size_t i = 0; i < list->count && i < most; i++) {
        buffer_text(out, i == 0 ? "" : ", ");
        utf8_show(out, list->items[i], ENTRY_SHOWN);
    }
    if (list->count > most)
        buffer_format(out, " and %zu more", list->count - most);
}

static const char *list_text(struct access_report *report, const struct config_list *list)
{
    struct buffer text = buffer_make(report->arena, LINE_MAX_BYTES);

    write_list(list, REPORT_ENTRIES, &text);
    return buffer_string(&text) ? buffer_string(&text) : "";
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "es";
}

/* ---- facts ---- */

static void report_sign_in(struct access_report *report)
{
    const struct config *config = report->config;

    if (config->allowed_domains.count > 0)
        fact(report, "sign-in", "Only addresses of these domains, and of what is below them, may sign in: %s (%s).",
             list_text(report, &config->allowed_domains), config_set_as(config, "AGENTA_ACCESS_ALLOWED_DOMAINS"));
    else if (config->blocked_domains.count > 0)
        fact(report, "sign-in", "Addresses of every domain may sign in except these, and what is below them: %s (%s).",
             list_text(report, &config->blocked_domains), config_set_as(config, "AGENTA_ACCESS_BLOCKED_DOMAINS"));
    else
        fact(report, "sign-in", "Addresses of every domain may sign in: no domain is listed.");
    if (config->blocked_emails.count > 0)
        fact(report, "blocked-addresses", "%zu address%s may not sign in, regardless of all other rules (%s).",
             config->blocked_emails.count, plural(config->blocked_emails.count),
             config_set_as(config, "AGENTA_ACCESS_BLOCKED_EMAILS"));
}

static void report_sign_up(struct access_report *report)
{
    if (report->config->invite_only)
        fact(
            report, "sign-up",
            "Signing up requires an invitation; users with an account may sign in (ORGD_ACCESS_INVITE_ONLY). The first "
            "accounts are created by POST /admin/simple/accounts/.");
    else
        fact(report, "sign-up", "Anybody who may sign in may also sign up: no invitation is needed.");
}

/* "with a password, or through Google or GitHub" */
static void report_methods(struct access_report *report)
{
    const struct config *config = report->config;
    struct buffer ways = buffer_make(report->arena, LINE_MAX_BYTES);
    const char *between = " through ";

    if (methods_email(config))
        buffer_text(&ways, methods_otp(config) ? " with a code that is mailed to them" : " with a password");
    for (const struct provider *provider = providers; provider->id; provider++)
        if (provider_is_configured(provider, config)) {
            if (ways.len > 0)
                buffer_text(&ways, ", or");
            buffer_format(&ways, "%s%s", between, provider->name);
            between = " ";
        }
    if (ways.len > 0)
        fact(report, "methods", "Users sign in%s.", buffer_string(&ways) ? buffer_string(&ways) : "");
}

static void report_owners(struct access_report *report)
{
    const struct config_list *owners = &report->config->allowed_owners;

    if (owners->count > 0)
        fact(report, "owners",
             "%zu address%s may own organizations (%s); everybody else can only join organizations that invite them.",
             owners->count, plural(owners->count), config_set_as(report->config, "AGENTA_ACCESS_ALLOWED_OWNER_EMAILS"));
    else
        fact(report, "owners",
             "Everybody gets an organization of their own when they sign up, and may create more "
             "(AGENTA_ACCESS_ALLOWED_OWNER_EMAILS is empty).");
}

static void report_mail(struct access_report *report)
{
    if (mail_enabled(report->config))
        fact(report, "mail", "Invitations and password-reset links are mailed.");
    else
        fact(report, "mail",
             "No mail is sent: inviters have to pass on the link themselves, and nobody can reset a password by mail.");
}

enum err access_report_make(void *arena, const struct config *config, bool discreet, struct access_report *report)
{
    *report = (struct access_report){.arena = arena, .config = config, .discreet = discreet};
    report->lines = talloc_zero_array(arena, struct access_line, FACTS_MAX + ACCESS_WARNINGS_MAX + 1);
    if (!report->lines)
        return ERR_MEMORY;
    report_sign_in(report);
    report_sign_up(report);
    report_methods(report);
    report_owners(report);
    report_mail(report);
    access_warn(report);
    if (report->warnings > ACCESS_WARNINGS_MAX)
        report->lines[report->count++] = (struct access_line){
            "more", true,
            talloc_asprintf(arena, "There are %zu more warnings.", report->warnings - ACCESS_WARNINGS_MAX)};
    for (size_t i = 0; i < report->count; i++)
        if (!report->lines[i].text)
            return ERR_MEMORY;
    return OK;
}

/* ---- formatting ---- */

void access_report_text(const struct access_report *report, struct buffer *out)
{
    for (size_t i = 0; i < report->count; i++)
        buffer_format(out, "%s%s\n", report->lines[i].warning ? "Warning: " : "", report->lines[i].text);
}

static void write_lines(const struct access_report *report, bool warnings, struct buffer *out)
{
    json_open(out, '[');
    for (size_t i = 0; i < report->count; i++) {
        if (report->lines[i].warning != warnings)
            continue;
        JSON_OBJECT(out, member_text("code", report->lines[i].code), member_text("text", report->lines[i].text));
    }
    json_close(out, ']');
}

void access_report_json(const struct access_report *report, struct buffer *out)
{
    const struct config *config = report->config;
    const char *domains = config->allowed_domains.count > 0 ? "allowed" : "blocked";

    if (config->allowed_domains.count == 0 && config->blocked_domains.count == 0)
        domains = "any";
    json_open(out, '{');
    JSON_MEMBERS(out, member_text("domains", domains), member_bool("invite_only", config->invite_only),
                 member_text("owners", config->allowed_owners.count > 0 ? "listed" : "everybody"),
                 member_bool("mail", mail_enabled(config)));
    json_key(out, "facts");
    write_lines(report, false, out);
    json_key(out, "warnings");
    write_lines(report, true, out);
    json_close(out, '}');
}

void access_report_log(const struct access_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        log_message(report->lines[i].warning ? LOG_WARNING : LOG_INFO, "access: %s", report->lines[i].text);
}

/* ---- in one line ---- */

/* E-mail addresses are personal data, so only their number is shown. */
void access_summary(const struct config *config, struct buffer *out)
{
    if (config->allowed_domains.count > 0) {
        buffer_text(out, "sign-up for addresses of ");
        write_list(&config->allowed_domains, SUMMARY_ENTRIES, out);
    } else {
        buffer_text(out, config->invite_only ? "sign-up for everybody" : "sign-up open to everybody");
        if (config->blocked_domains.count > 0) {
            buffer_text(out, " but addresses of ");
            write_list(&config->blocked_domains, SUMMARY_ENTRIES, out);
        }
    }
    if (config->blocked_emails.count > 0)
        buffer_format(out, " (%zu address%s blocked)", config->blocked_emails.count,
                      plural(config->blocked_emails.count));
    if (config->invite_only)
        buffer_text(out, ", by invitation only");
    if (config->email_disabled)
        buffer_text(out, ", not by e-mail");
    if (config->allowed_owners.count > 0)
        buffer_format(out, ", organizations only for %zu listed address%s", config->allowed_owners.count,
                      plural(config->allowed_owners.count));
    else
        buffer_text(out, ", everybody may own organizations");
}
