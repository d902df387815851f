/* Chooses the counters that limit the attempts on an address. */
#include "signin/attempts.h"

#include "signin/devices.h"

static void add(struct attempt_counters *counters, enum limit limit, const char *subject)
{
    counters->attempts[counters->count++] = (struct limit_attempt){.limit = limit, .subject = subject};
}

static enum err ask(struct request *req, const struct attempt_counters *counters, struct limit_refusal *refusal)
{
    return limit_ask(req, counters->attempts, counters->count, refusal);
}

/* The counters of every attempt. */
static struct attempt_counters usual(struct request *req, const char *email)
{
    struct attempt_counters counters = {.count = 0};

    add(&counters, LIMIT_SIGN_IN_CLIENT, limit_subject(req, NULL, REACH_CLIENT));
    add(&counters, LIMIT_SIGN_IN_NETWORK, limit_subject(req, email, REACH_NETWORK));
    add(&counters, LIMIT_SIGN_IN_ADDRESS, email);
    return counters;
}

/* The counters of an attempt while many networks together use up the counter of the address. */
static struct attempt_counters spare(struct request *req, const char *email)
{
    struct attempt_counters counters = {.count = 0};

    add(&counters, LIMIT_SIGN_IN_CLIENT, limit_subject(req, NULL, REACH_CLIENT));
    add(&counters, LIMIT_SIGN_IN_SPARE, limit_subject(req, email, REACH_NETWORK));
    add(&counters, LIMIT_SIGN_IN_SPARE_REGION, limit_subject(req, email, REACH_REGION));
    return counters;
}

/*
 * Takes an attempt from the counter of a known device. `*passes` is false if the device is unknown or has no attempts
 * left.
 */
static enum err ask_as_device(struct request *req, const char *email, enum limit limit,
                              struct attempt_counters *counters, bool *passes)
{
    struct limit_refusal refusal;
    const char *device;

    *passes = false;
    *counters = (struct attempt_counters){.count = 0};
    TRY(device_find(req, email, &device));
    if (!device)
        return OK;
    add(counters, limit, device);
    TRY(ask(req, counters, &refusal));
    *passes = refusal.wait_us == 0;
    return OK;
}

static enum err ask_as_anybody(struct request *req, const char *email, struct attempt_counters *counters)
{
    struct limit_refusal first, second = {.wait_us = 0};

    *counters = usual(req, email);
    TRY(ask(req, counters, &first));
    if (first.wait_us == 0)
        return OK;
    if (limit_refused(&first, LIMIT_SIGN_IN_ADDRESS)) {
        *counters = spare(req, email);
        TRY(ask(req, counters, &second));
        if (second.wait_us == 0)
            return OK;
    }
    counters->count = 0;
    return limit_refuse(req, second.wait_us > 0 && second.wait_us < first.wait_us ? &second : &first);
}

enum err attempt_password(struct request *req, const char *email, struct attempt_counters *counters)
{
    bool passes;

    TRY(ask_as_device(req, email, LIMIT_SIGN_IN_DEVICE, counters, &passes));
    return passes ? OK : ask_as_anybody(req, email, counters);
}

static enum err take_for_mail(struct request *req, const char *email, enum limit client, enum limit network,
                              enum limit address)
{
    struct attempt_counters counters;
    struct limit_refusal refusal;
    bool passes;

    TRY(ask_as_device(req, email, LIMIT_MAIL_DEVICE, &counters, &passes));
    if (passes)
        return OK;
    counters.count = 0;
    add(&counters, client, limit_subject(req, NULL, REACH_CLIENT));
    add(&counters, network, limit_subject(req, email, REACH_NETWORK));
    add(&counters, address, email);
    TRY(ask(req, &counters, &refusal));
    return refusal.wait_us > 0 ? limit_refuse(req, &refusal) : OK;
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
    limit_give_all(req, counters->attempts, counters->count);
}
