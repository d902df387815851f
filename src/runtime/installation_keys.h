/* Provides the keys of the installation, and rotates them. */
#ifndef ORGD_RUNTIME_INSTALLATION_KEYS_H
#define ORGD_RUNTIME_INSTALLATION_KEYS_H

#include "runtime/data_dir.h"

/*
 * Sets the keys in `config`: the configured ones, otherwise those kept in the data directory, which are made on first
 * use. The administration key is AGENTA_AUTH_KEY when none is configured or kept. Well-known and short keys are
 * refused; with ORGD_DEVELOPMENT they only cause a warning. Keys from before a rotation are set as second keys while
 * they are needed.
 */
enum err installation_keys_settle(void *arena, const struct data_dir *dir, struct config *config,
                                  struct error *error) MUST_CHECK;

/* The problem of a key, as a continuation of its name: "is shorter than 16 characters". NULL for a valid key. */
const char *installation_key_problem(const char *key);

enum installation_key { INSTALLATION_KEY_ADMIN, INSTALLATION_KEY_AUTH, INSTALLATION_KEY_CRYPT };

/* Finds the key named "admin", "auth" or "crypt". */
bool installation_key_find(const char *name, enum installation_key *key);
/* The variable that may hold the key. */
const char *installation_key_variable(enum installation_key key);

/*
 * Replaces a key in the data directory; the server uses the new key from its next start. The old key is kept as the
 * second key while it is needed. ERR_REFUSED with a sentence when the key is not kept there, or when the last rotation
 * is not over.
 */
enum err installation_key_rotate(void *arena, const struct config *config, enum installation_key key,
                                 struct error *error) MUST_CHECK;

#endif
