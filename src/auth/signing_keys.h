/*
 * The RSA keys that sign access tokens: stored encrypted in the database, renewed every week, shared by all processes.
 */
#ifndef ORGD_AUTH_SIGNING_KEYS_H
#define ORGD_AUTH_SIGNING_KEYS_H

#include <openssl/evp.h>

#include "auth/access_tokens.h"
#include "http/http.h"

struct signing_key {
    char id[SIGNING_KEY_ID_SIZE]; /* "d-" and the time of its creation in milliseconds */
    EVP_PKEY *key;                /* lives as long as the request */
};

/*
 * The key that signs now. If there is none, or if its successor has to be announced, it is made in the open transaction
 * of req->db, and others see it after the caller's commit. Errors: those of db_run, ERR_MEMORY, ERR_INTERNAL if OpenSSL
 * fails.
 */
enum err signing_key_current(struct request *req, struct signing_key *key) MUST_CHECK;

/*
 * The key that a token names. ERR_UNAUTHORIZED if no key has that name. The lookup of the session (session_resolve)
 * checks in the database whether the key is still valid.
 */
enum err signing_key_find(struct request *req, const char *id, struct signing_key *key) MUST_CHECK;

/* How many valid keys the database has, and how many of them `config` cannot open. Errors: those of db_run. */
enum err signing_keys_count(struct db *db, const struct config *config, int *count, int *strange) MUST_CHECK;

/*
 * Logs a warning if the database has keys that `config` cannot open: another server may be using it with another
 * AGENTA_CRYPT_KEY, or the key was changed. Errors: those of db_run.
 */
enum err signing_keys_check(struct db *db, const struct config *config) MUST_CHECK;

/*
 * Writes the public halves of all valid keys as a JSON Web Key Set (RFC 7517). Makes the first key if there is none
 * yet, in a transaction of its own. Errors as signing_key_current.
 */
enum err signing_keys_publish(struct request *req, struct buffer *out) MUST_CHECK;

#endif
