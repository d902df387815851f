/* Runs the thread that sends the mail in the outbox. */
#ifndef ORGD_MAIL_SENDER_H
#define ORGD_MAIL_SENDER_H

#include "config/config.h"
#include "db/db.h"

/*
 * Starts the thread with its own database connection, and registers the metrics. The thread wakes when any process adds
 * mail and when a mail is due again; several processes share the outbox. Does nothing when mail is not configured. Both
 * arguments are borrowed until sender_stop. ERR_SYSTEM when the thread cannot be started.
 */
enum err sender_start(const struct config *config, const struct db_options *options, struct error *error) MUST_CHECK;

/* Ends the thread. A mail that is being sent is finished first, within SMTP_TIMEOUT. */
void sender_stop(void);

#endif
