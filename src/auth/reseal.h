/* Encrypts anew what is kept under the AGENTA_CRYPT_KEY from before a rotation. */
#ifndef ORGD_AUTH_RESEAL_H
#define ORGD_AUTH_RESEAL_H

#include "config/config.h"
#include "db/db.h"

struct reseal_report {
    int done;   /* now under AGENTA_CRYPT_KEY */
    int closed; /* neither key opens them */
};

/*
 * Signing keys, waiting mails and kept answers that ORGD_CRYPT_KEY_ACCEPTED opens are encrypted with AGENTA_CRYPT_KEY,
 * in one transaction. Both keys have to be in force on every server. Errors: those of db_run, ERR_MEMORY.
 */
enum err reseal(struct db *db, void *arena, const struct config *config, struct reseal_report *report) MUST_CHECK;

/*
 * How many rows of Agenta's table `secrets` are encrypted with its AGENTA_CRYPT_KEY; -1 when the role may not ask.
 * Errors: those of db_run.
 */
enum err reseal_agenta_secrets(struct db *db, int64_t *count) MUST_CHECK;

/* Has the signing keys of sessions replaced: another one signs from now on, tokens that are out stay good. */
enum err reseal_retire_signing_keys(struct db *db) MUST_CHECK;

#endif
