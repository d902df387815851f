/* The keys of the installation: those in force, and their rotation. */
#ifndef ORGD_RUNTIME_INSTALLATION_KEYS_H
#define ORGD_RUNTIME_INSTALLATION_KEYS_H

#include "runtime/data_dir.h"

/*
 * Puts the keys in force into `config`: those configured, or else those kept in the directory, made on first use. The
 * administration key is AGENTA_AUTH_KEY when none is configured or kept. Keys that are well known or short are refused,
 * or warned of where ORGD_DEVELOPMENT is on. The keys from before a rotation are put beside them while they are of use.
 */
enum err installation_keys_settle(void *arena, const struct data_dir *dir, struct config *config,
                                  struct error *error) MUST_CHECK;

/* What is wrong with a key, to be read after its name: "is shorter than 16 characters". NULL when it is good. */
const char *installation_key_problem(const char *key);

enum installation_key { INSTALLATION_KEY_ADMIN, INSTALLATION_KEY_AUTH, INSTALLATION_KEY_CRYPT };

/* The key called "admin", "auth" or "crypt". */
bool installation_key_find(const char *name, enum installation_key *key);
/* The variable that may hold it. */
const char *installation_key_variable(enum installation_key key);

/*
 * Replaces a key that is kept in the data directory, for the next start of the server; the old one is kept beside it
 * where it is still needed. ERR_REFUSED with a sentence when there is nothing to replace, or when the last rotation is
 * not over.
 */
enum err installation_key_rotate(void *arena, const struct config *config, enum installation_key key,
                                 struct error *error) MUST_CHECK;

#endif
