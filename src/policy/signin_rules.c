/* Decides by the access rules who may sign in and who may own organizations. */
#include "policy/signin_rules.h"

#include <string.h>

#include "base/email.h"
#include "base/text.h"

/* An address, taken apart. */
struct subject {
    void *arena;
    const struct config *config;
    const char *email;  /* in lower case, the domain in ASCII */
    const char *domain; /* NULL: the address does not have exactly one @ */
    bool has_account, invited;
};

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text > 0x7f)
            return false;
    return true;
}

/* A domain in the form used for comparison. A domain in another script equals its ASCII form. */
static const char *comparable(void *arena, const char *domain)
{
    const char *ascii = is_ascii(domain) ? domain : email_ascii_domain(arena, domain);

    return ascii ? ascii : domain;
}

/* Fills the subject. False without memory. */
static bool read_subject(struct subject *subject, const char *email)
{
    const char *domain;

    subject->email = text_fold_email(subject->arena, email);
    domain = subject->email ? email_domain(subject->email) : NULL;
    subject->domain = domain ? comparable(subject->arena, domain) : NULL;
    return subject->email != NULL;
}

/* Whether the entry is the same address: equal before the @, and the same domain after it. */
static bool is_address(const struct subject *subject, const char *entry)
{
    const char *domain = email_domain(entry), *own = email_domain(subject->email);

    if (!domain || !own || !subject->domain)
        return strcmp(entry, subject->email) == 0;
    return domain - entry == own - subject->email && strncmp(entry, subject->email, (size_t)(domain - entry)) == 0 &&
           strcmp(comparable(subject->arena, domain), subject->domain) == 0;
}

/* Whether the domain equals the entry or is a subdomain of it. */
static bool is_of_domain(const struct subject *subject, const char *entry)
{
    const char *wanted = comparable(subject->arena, entry);
    size_t len = strlen(wanted), have;

    if (!subject->domain)
        return false;
    have = strlen(subject->domain);
    if (have < len || strcmp(subject->domain + have - len, wanted) != 0)
        return false;
    return have == len || subject->domain[have - len - 1] == '.';
}

/* The first matching entry of a list, or NULL. */
static const char *find(const struct subject *subject, const struct config_list *list,
                        bool (*fits)(const struct subject *subject, const char *entry))
{
    for (size_t i = 0; i < list->count; i++)
        if (fits(subject, list->items[i]))
            return list->items[i];
    return NULL;
}

static bool refuse(struct access_decision *decision, enum access_rule rule, const char *entry)
{
    decision->rule = rule;
    decision->entry = entry;
    return false;
}

/* Applies the lists in order of precedence. With a list of allowed domains, blocked domains are not checked. */
static bool pass_lists(const struct subject *subject, struct access_decision *decision)
{
    const struct config *config = subject->config;
    const char *entry = find(subject, &config->blocked_emails, is_address);

    if (entry)
        return refuse(decision, ACCESS_BLOCKED_EMAIL, entry);
    if (config->allowed_domains.count > 0) {
        decision->entry = find(subject, &config->allowed_domains, is_of_domain);
        decision->rule = decision->entry ? ACCESS_ALLOWED_DOMAIN : ACCESS_NOT_ALLOWED;
        return decision->entry != NULL;
    }
    entry = find(subject, &config->blocked_domains, is_of_domain);
    return !entry || refuse(decision, ACCESS_BLOCKED_DOMAIN, entry);
}

static bool pass_invitation(const struct subject *subject, struct access_decision *decision)
{
    if (!subject->config->invite_only)
        return true;
    if (!subject->has_account && !subject->invited)
        return refuse(decision, ACCESS_INVITATION_NEEDED, NULL);
    decision->rule = subject->has_account ? ACCESS_HAS_ACCOUNT : ACCESS_INVITED;
    decision->entry = NULL;
    return true;
}

struct access_decision access_decide(void *arena, const struct config *config, const struct access_question *question)
{
    struct subject subject = {
        .arena = arena, .config = config, .has_account = question->has_account, .invited = question->invited};
    struct access_decision decision = {.rule = ACCESS_OPEN};

    if (!read_subject(&subject, question->email)) {
        decision.rule = ACCESS_NOT_ALLOWED;
        return decision;
    }
    decision.may_sign_in = !*subject.email || (pass_lists(&subject, &decision) && pass_invitation(&subject, &decision));
    decision.may_own = access_may_own(arena, config, question->email);
    return decision;
}

bool access_is_blocked(void *arena, const struct config *config, const char *email)
{
    struct subject subject = {.arena = arena, .config = config};
    struct access_decision decision = {.rule = ACCESS_OPEN};

    if (config->blocked_emails.count == 0 && config->blocked_domains.count == 0)
        return false;
    if (!email || !read_subject(&subject, email))
        return true;
    return *subject.email && !pass_lists(&subject, &decision) && decision.rule != ACCESS_NOT_ALLOWED;
}

bool access_may_own(void *arena, const struct config *config, const char *email)
{
    struct subject subject = {.arena = arena, .config = config};

    return config->allowed_owners.count == 0 ||
           (read_subject(&subject, email) && find(&subject, &config->allowed_owners, is_address));
}
