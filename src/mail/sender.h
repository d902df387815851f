/* The thread that sends what is in the outbox. */
#ifndef ORGD_MAIL_SENDER_H
#define ORGD_MAIL_SENDER_H

#include "config/config.h"
#include "db/db.h"

/*
 * Starts the thread, with a database connection of its own, and registers the metrics. It wakes when mail is added by
 * any process and when a mail is due again; several processes share the outbox. Does nothing without mail configured.
 * Both are borrowed until sender_stop. ERR_SYSTEM when the thread cannot be started.
 */
enum err sender_start(const struct config *config, const struct db_options *options, struct error *error) MUST_CHECK;

/* Lets the mail that is being sent finish, at most SMTP_TIMEOUT. */
void sender_stop(void);

#endif
