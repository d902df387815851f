/* Which counters the tries of one address take from. */
#include "signin/attempts.h"

static void add(struct attempt_counters *counters, enum limit limit, const char *subject)
{
    counters->tries[counters->count++] = (struct limit_try){.limit = limit, .subject = subject};
}

static enum err ask(struct request *req, const struct attempt_counters *counters, struct limit_refusal *refusal)
{
    return limit_ask(req, counters->tries, counters->count, refusal);
}

/* What every try takes from. */
static struct attempt_counters usual(struct request *req, const char *email)
{
    struct attempt_counters counters = {.count = 0};

    add(&counters, LIMIT_SIGN_IN_CLIENT, limit_subject(req, NULL, REACH_CLIENT));
    add(&counters, LIMIT_SIGN_IN_NETWORK, limit_subject(req, email, REACH_NETWORK));
    add(&counters, LIMIT_SIGN_IN_ADDRESS, email);
    return counters;
}

/* What a try takes from while many networks together keep the counter of the address empty. */
static struct attempt_counters spare(struct request *req, const char *email)
{
    struct attempt_counters counters = {.count = 0};

    add(&counters, LIMIT_SIGN_IN_CLIENT, limit_subject(req, NULL, REACH_CLIENT));
    add(&counters, LIMIT_SIGN_IN_SPARE, limit_subject(req, email, REACH_NETWORK));
    add(&counters, LIMIT_SIGN_IN_SPARE_REGION, limit_subject(req, email, REACH_REGION));
    return counters;
}

enum err attempt_password(struct request *req, const char *email, struct attempt_counters *counters)
{
    struct limit_refusal first, second = {.wait_us = 0};
    enum err code;

    *counters = usual(req, email);
    code = ask(req, counters, &first);
    if (code != OK || first.wait_us == 0)
        return code;
    if (limit_refused(&first, LIMIT_SIGN_IN_ADDRESS)) {
        *counters = spare(req, email);
        code = ask(req, counters, &second);
        if (code != OK || second.wait_us == 0)
            return code;
    }
    counters->count = 0;
    return limit_refuse(req, second.wait_us > 0 && second.wait_us < first.wait_us ? &second : &first);
}

static enum err take_for_mail(struct request *req, const char *email, enum limit client, enum limit network,
                              enum limit address)
{
    struct attempt_counters counters = {.count = 0};
    struct limit_refusal refusal;
    enum err code;

    add(&counters, client, limit_subject(req, NULL, REACH_CLIENT));
    add(&counters, network, limit_subject(req, email, REACH_NETWORK));
    add(&counters, address, email);
    code = ask(req, &counters, &refusal);
    return code == OK && refusal.wait_us > 0 ? limit_refuse(req, &refusal) : code;
}

enum err attempt_code(struct request *req, const char *email)
{
    return take_for_mail(req, email, LIMIT_CODE_CLIENT, LIMIT_CODE_NETWORK, LIMIT_CODE_ADDRESS);
}

enum err attempt_reset_link(struct request *req, const char *email)
{
    return take_for_mail(req, email, LIMIT_RESET_CLIENT, LIMIT_RESET_NETWORK, LIMIT_RESET_ADDRESS);
}

void attempt_give(struct request *req, const struct attempt_counters *counters)
{
    limit_give_all(req, counters->tries, counters->count);
}
