/* Queues mail in the transaction that causes it. */
#ifndef ORGD_MAIL_OUTBOX_H
#define ORGD_MAIL_OUTBOX_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "db/db.h"

/* One value of a template. Both texts are borrowed for the call. */
struct mail_field {
    const char *name;
    const char *value;
};

/* Whether mail can be sent: a server and a sender are configured. */
bool mail_enabled(const struct config *config);

/*
 * Adds a mail to the open transaction of `db`; it is sent after the commit. `template` names a pair of files in
 * src/mail/templates. `fields` must be exactly those of the template, except `site`, which is the host of
 * AGENTA_WEB_URL. A wrong template or a missing field is no error here: the sender refuses the mail later and logs it.
 * A mail that was not delivered within `valid_s` seconds is dropped (0: a week). Its fields are
 * encrypted while it is queued. Errors: those of db_run; ERR_MEMORY.
 */
enum err outbox_add(const struct config *config, struct db *db, const char *recipient, const char *template,
                    const struct mail_field *fields, size_t count, int64_t valid_s) MUST_CHECK;

/* The name of a key in the outbox, in hexadecimal digits: a MAC under that key, which tells nothing about it. */
enum { OUTBOX_KEY_NAME_SIZE = 33 };
void outbox_key_name(const char *crypt_key, char name[OUTBOX_KEY_NAME_SIZE]);

/* The deployment's name in mail: "app.acme.io" of "https://app.acme.io/x". A new reference; NULL without memory. */
json_t *outbox_site(const struct config *config);

/* Reads the fields of the mail `id`, including `site`; the caller releases them. NULL when they cannot be read. */
json_t *outbox_fields(void *arena, const struct config *config, const struct uuid *id, const char *sealed);

#endif
