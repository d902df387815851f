/* Sends the mail in the outbox. */
#include "mail/sender.h"

#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "base/platform.h"
#include "base/thread.h"
#include "http/metrics.h"
#include "mail/outbox.h"
#include "mail/statements.h"
#include "mail/transport.h"

/* A mail waits 5 s after its first failure, then twice as long each time, at most half an hour. All times vary
 * randomly. */
enum { FIRST_WAIT_S = 5, LONGEST_WAIT_S = 1800, LEASE_MARGIN_S = 30, RECONNECT_MS = 1000, IDLE_MS = 30000 };

static struct {
    const struct config *config;
    struct db_options options;
    struct thread thread;
    bool taken; /* the server accepted the mail `taken_id`, but the database does not know yet */
    struct uuid taken_id;
    _Atomic uint64_t sent, failed, given_up, waiting;
    char key[OUTBOX_KEY_NAME_SIZE], accepted_key[OUTBOX_KEY_NAME_SIZE]; /* the second is empty when there is none */
} sender;

/* ---- metrics ---- */

static double read_count(void *count)
{
    return (double)atomic_load((_Atomic uint64_t *)count);
}

static void register_metrics(void)
{
    static const char total[] = "Attempts to send mail.";

    metrics_register(METRIC_COUNTER, "orgd_mail_total", "result=\"sent\"", total, read_count, &sender.sent);
    metrics_register(METRIC_COUNTER, "orgd_mail_total", "result=\"failed\"", total, read_count, &sender.failed);
    metrics_register(METRIC_COUNTER, "orgd_mail_total", "result=\"given_up\"", total, read_count, &sender.given_up);
    metrics_register(METRIC_GAUGE, "orgd_mail_waiting", NULL, "Mails in the outbox.", read_count, &sender.waiting);
}

/* ---- one mail ---- */

struct mail {
    struct uuid id;
    const char *recipient, *template, *fields;
    int64_t attempts, date;
};

static int64_t wait_s(int64_t attempts)
{
    int64_t wait = attempts > 9 ? LONGEST_WAIT_S : (int64_t)FIRST_WAIT_S << (attempts - 1);
    uint16_t random;

    if (wait > LONGEST_WAIT_S)
        wait = LONGEST_WAIT_S;
    platform.random_bytes(&random, sizeof random);
    return wait / 2 + wait * random / UINT16_MAX;
}

/* A mail that this server cannot read or render stays for other servers, which may have other keys or templates. */
static enum delivery deliver(void *arena, struct transport *transport, const struct mail *mail, struct error *error)
{
    json_t *fields = outbox_fields(arena, sender.config, &mail->id, mail->fields);
    struct mail_message message = {.id = mail->id, .date = mail->date};
    enum delivery delivery = DELIVERY_LATER;

    message.from = mail_address(arena, transport_from(sender.config));
    message.to = mail_address(arena, mail->recipient);
    if (!message.from || !message.to) {
        (void)error_set(error, ERR_REFUSED, "an address is not one that mail can be sent to");
        delivery = DELIVERY_NEVER;
    } else if (!fields) {
        (void)error_set(error, ERR_REFUSED, "its content was encrypted with another AGENTA_CRYPT_KEY");
    } else if (mail_render(arena, mail->template, fields, &message.content) != OK) {
        (void)error_set(error, ERR_REFUSED, "the template %.40s does not exist or has other fields", mail->template);
    } else {
        delivery = transport_send(transport, &message, error);
    }
    json_decref(fields);
    return delivery;
}

/* Removes the accepted mail. When the database was unavailable, this is done first once it is back. */
static enum err forget_taken(struct db *db)
{
    enum err err = DB_RUN(db, outbox_done, NULL, param_uuid(&sender.taken_id));

    sender.taken = err;
    return err;
}

/* Records the outcome. The log gets the mail's id and the server's reply, never its content or recipient. */
static enum err settle(struct db *db, const struct mail *mail, enum delivery delivery, const struct error *error)
{
    char id[UUID_TEXT_SIZE];
    int64_t wait = wait_s(mail->attempts);

    (void)uuid_format(&mail->id, id);
    if (delivery == DELIVERY_DONE) {
        atomic_fetch_add(&sender.sent, 1);
        sender.taken = true;
        sender.taken_id = mail->id;
        return forget_taken(db);
    }
    if (delivery == DELIVERY_NEVER) {
        atomic_fetch_add(&sender.given_up, 1);
        log_message(LOG_WARNING, "mail %s (%s) was given up: %s", id, mail->template, error->cause);
        return DB_RUN(db, outbox_never, NULL, param_uuid(&mail->id), param_text(error->cause));
    }
    atomic_fetch_add(&sender.failed, 1);
    log_message(LOG_WARNING, "mail %s (%s) could not be sent, next attempt in %lld s: %s", id, mail->template,
                (long long)wait, error->cause);
    return DB_RUN(db, outbox_later, NULL, param_uuid(&mail->id), param_int(wait), param_text(error->cause));
}

/* Takes one mail and tries to send it. `none` when no mail is due. */
static enum err send_one(struct db *db, struct transport *transport, bool *none)
{
    void *arena = talloc_new(NULL);
    struct error error = {0};
    struct mail mail = {0};
    struct result row;
    enum err err = DB_RUN(db, outbox_take, &row, param_int(sender.config->smtp_timeout + LEASE_MARGIN_S),
                          param_text(sender.key), param_text(sender.accepted_key));

    *none = !err && result_rows(&row) == 0;
    if (!err && !*none) {
        (void)result_uuid(&row, 0, OUTBOX_TAKE_ID, &mail.id);
        mail.recipient = result_text(&row, 0, OUTBOX_TAKE_RECIPIENT);
        mail.template = result_text(&row, 0, OUTBOX_TAKE_TEMPLATE);
        mail.fields = result_text(&row, 0, OUTBOX_TAKE_FIELDS);
        mail.attempts = result_int(&row, 0, OUTBOX_TAKE_ATTEMPTS);
        mail.date = result_int(&row, 0, OUTBOX_TAKE_CREATED_S);
        err = settle(db, &mail, deliver(arena, transport, &mail, &error), &error);
    }
    result_clear(&row);
    talloc_free(arena);
    return err;
}

/* ---- the thread ---- */

/* Removes expired mail, and logs mail that was never sent. */
static enum err sweep(struct db *db)
{
    struct result rows;
    enum err err = DB_RUN(db, outbox_sweep, &rows);

    for (int i = 0; !err && i < result_rows(&rows); i++)
        log_message(LOG_WARNING, "mail %s (%s) expired after %lld attempts: %s", result_text(&rows, i, OUTBOX_SWEEP_ID),
                    result_text(&rows, i, OUTBOX_SWEEP_TEMPLATE),
                    (long long)result_int(&rows, i, OUTBOX_SWEEP_ATTEMPTS),
                    result_text(&rows, i, OUTBOX_SWEEP_LAST_ERROR));
    result_clear(&rows);
    return err;
}

/* Whether there were any. */
static bool forget_notifications(PGconn *conn)
{
    PGnotify *notify;
    bool any = false;

    while ((notify = PQnotifies(conn))) {
        PQfreemem(notify);
        any = true;
    }
    return any;
}

/* Waits for a notification, for the next due mail, or for the end. False when the connection is lost. */
static bool wait_for_work(struct db *db, int64_t due_s)
{
    PGconn *conn = db_handle(db);
    struct pollfd fds[] = {{.fd = PQsocket(conn), .events = POLLIN}, {.fd = sender.thread.wake, .events = POLLIN}};
    int64_t ms = due_s < 0 ? 0 : due_s * 1000;

    if (forget_notifications(
            conn)) /* it arrived together with an answer: the socket does not become readable for it again */
        return true;
    if (poll(fds, 2, (int)(ms < IDLE_MS ? ms : IDLE_MS)) > 0 && !PQconsumeInput(conn))
        return false;
    (void)forget_notifications(conn);
    return PQstatus(conn) == CONNECTION_OK;
}

/* Works until the connection is lost or the program stops. */
static void work(struct db *db, struct transport *transport)
{
    enum err err = sender.taken ? forget_taken(db) : OK;

    while (!err && !atomic_load(&sender.thread.stopping)) {
        bool none = false;
        struct result row;

        db_set_deadline(db, 0);
        err = send_one(db, transport, &none);
        if (err || !none)
            continue;
        err = sweep(db);
        if (!err)
            err = DB_RUN(db, outbox_state, &row, param_text(sender.key), param_text(sender.accepted_key));
        if (err)
            continue;
        atomic_store(&sender.waiting, (uint64_t)result_int(&row, 0, OUTBOX_STATE_WAITING));
        if (!wait_for_work(db, result_int(&row, 0, OUTBOX_STATE_NEXT_S)))
            err = ERR_UNAVAILABLE;
        result_clear(&row);
    }
}

static void *sender_main(void *nothing)
{
    void *arena = talloc_new(NULL);
    struct db *db = db_create(arena, &sender.options);
    struct transport *transport = transport_create(arena, sender.config, &sender.thread.stopping);
    struct error error;

    (void)nothing;
    while (db && transport && !atomic_load(&sender.thread.stopping)) {
        db_set_deadline(db, 0);
        if (db_connect(db, &error) == OK && db_script(db, "LISTEN orgd_outbox", NULL) == OK)
            work(db, transport);
        db_close(db);
        (void)thread_wait(&sender.thread, RECONNECT_MS);
    }
    talloc_free(arena);
    return NULL;
}

enum err sender_start(const struct config *config, const struct db_options *options, struct error *error)
{
    if (!mail_enabled(config))
        return OK;
    sender.config = config;
    sender.options = *options;
    sender.options.name = "orgd mail";
    sender.options.on_revoke = NULL;
    outbox_key_name(config->crypt_key, sender.key);
    if (config->crypt_key_accepted)
        outbox_key_name(config->crypt_key_accepted, sender.accepted_key);
    TRY(thread_start(&sender.thread, sender_main, NULL, "sends mail", error));
    register_metrics();
    return OK;
}

void sender_stop(void)
{
    thread_stop(&sender.thread);
}
