/* Mail to be sent, written in the transaction that wants it sent. */
#ifndef ORGD_MAIL_OUTBOX_H
#define ORGD_MAIL_OUTBOX_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "db/db.h"

/* One value of a template. Both are borrowed for the call. */
struct mail_field {
    const char *name;
    const char *value;
};

/* Whether mail can be sent: a server and a sender are configured. */
bool mail_enabled(const struct config *config);

/*
 * Adds a mail to the open transaction of `db`; it leaves after the commit. `template` names a file pair of
 * src/mail/templates; the fields must be those that it uses, but `site`, which is the host of AGENTA_WEB_URL. A mail
 * that could not be delivered within `valid_s` seconds is dropped (0: a week). What it says is encrypted while it
 * waits. Errors: those of db_run; ERR_MEMORY.
 */
enum err outbox_add(const struct config *config, struct db *db, const char *recipient, const char *template,
                    const struct mail_field *fields, size_t count, int64_t valid_s) MUST_CHECK;

/* What mail calls this deployment: "app.acme.io" of "https://app.acme.io/x". A new reference; NULL without memory. */
json_t *outbox_site(const struct config *config);

/* Reads the fields of the mail `id` back, `site` among them; released by the caller. NULL when they cannot be read. */
json_t *outbox_fields(void *arena, const struct config *config, const struct uuid *id, const char *sealed);

#endif
