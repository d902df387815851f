/* Password hashes: made with argon2id; hashes made by other programs can be verified too. */
#ifndef ORGD_AUTH_PASSWORD_HASH_H
#define ORGD_AUTH_PASSWORD_HASH_H

#include <stdbool.h>

#include "base/error.h"

/*
 * The cost of a new hash: the minimum that OWASP recommends for argon2id (Password Storage Cheat Sheet). It takes about
 * 12 ms of one core, and memory for as many hashes as there are slow workers.
 */
enum {
    PASSWORD_MEMORY_KIB = 19456,
    PASSWORD_PASSES = 2,
};

enum {
    PASSWORD_HASH_SIZE = 128, /* of a hash made here, with its NUL */
};

/* The maximum cost of verifying an imported hash. password_hash_known refuses a hash that costs more. */
enum {
    PASSWORD_IMPORTED_KIB_MAX = 256 << 10,
    PASSWORD_IMPORTED_PASSES_MAX = 64,
    PASSWORD_IMPORTED_LANES_MAX = 16,
    PASSWORD_BCRYPT_COST_MAX = 15,
};

enum password_verdict {
    PASSWORD_WRONG,
    PASSWORD_RIGHT,
    PASSWORD_RIGHT_REHASH, /* correct, but the hash has outdated parameters: store a new one */
};

/* Both functions are slow on purpose: call them on the slow worker pool only, and never within a transaction. */

/* ERR_MEMORY when there is no memory for it. */
enum err password_hash(const char *password, char hash[PASSWORD_HASH_SIZE]) MUST_CHECK;

/*
 * Compares in constant time. Supports argon2id, argon2i and argon2d with any number of lanes, and bcrypt ($2a$, $2b$,
 * $2y$, which reads at most 72 bytes). Any other hash, an over-long password or a lack of memory gives WRONG. `arena`
 * is for scratch memory.
 */
enum password_verdict password_verify(void *arena, const char *hash, const char *password);

/* Whether password_verify supports this hash, within the maximum cost above. */
bool password_hash_known(const char *hash);

/* A hash with the cost of new ones, of a password that nobody has. */
void password_stand_in(char hash[PASSWORD_HASH_SIZE]);

#endif
