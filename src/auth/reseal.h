/* Encrypts stored data again after a rotation of AGENTA_CRYPT_KEY. */
#ifndef ORGD_AUTH_RESEAL_H
#define ORGD_AUTH_RESEAL_H

#include "config/config.h"
#include "db/db.h"

struct reseal_report {
    int done;   /* now under AGENTA_CRYPT_KEY */
    int closed; /* neither key opens them */
};

/*
 * Encrypts with AGENTA_CRYPT_KEY all signing keys, queued mails and stored answers that ORGD_CRYPT_KEY_ACCEPTED opens,
 * in one transaction. Every server must be configured with both keys. Errors: those of db_run, ERR_MEMORY.
 */
enum err reseal(struct db *db, void *arena, const struct config *config, struct reseal_report *report) MUST_CHECK;

/*
 * How many rows of Agenta's table `secrets` are encrypted with its AGENTA_CRYPT_KEY; -1 if the role may not read it.
 * Errors: those of db_run.
 */
enum err reseal_agenta_secrets(struct db *db, int64_t *count) MUST_CHECK;

/* Replaces the signing keys of sessions: a new key signs from now on, and tokens already issued stay valid. */
enum err reseal_retire_signing_keys(struct db *db) MUST_CHECK;

#endif
