/* Password hashes: made with argon2id, checked also as other programs made them. */
#ifndef ORGD_AUTH_PASSWORD_HASH_H
#define ORGD_AUTH_PASSWORD_HASH_H

#include <stdbool.h>

#include "base/error.h"

/*
 * What a new hash costs: the least that OWASP recommends for argon2id (Password Storage Cheat Sheet). Some 12 ms of
 * one core, and memory for as many as there are slow workers.
 */
enum {
    PASSWORD_MEMORY_KIB = 19456,
    PASSWORD_PASSES = 2,
};

enum {
    PASSWORD_HASH_SIZE = 128, /* of a hash made here, with its NUL */
};

/* What checking an imported hash may cost at most; one that costs more is none that password_hash_known knows. */
enum {
    PASSWORD_IMPORTED_KIB_MAX = 256 << 10,
    PASSWORD_IMPORTED_PASSES_MAX = 64,
    PASSWORD_IMPORTED_LANES_MAX = 16,
    PASSWORD_BCRYPT_COST_MAX = 15,
};

enum password_verdict {
    PASSWORD_WRONG,
    PASSWORD_RIGHT,
    PASSWORD_RIGHT_REHASH, /* right, but the hash is not as new ones are: store a new one */
};

/* These two take their time on purpose: on the slow lane only, and not within a transaction. */

/* ERR_MEMORY when there is no memory for it. */
enum err password_hash(const char *password, char hash[PASSWORD_HASH_SIZE]) MUST_CHECK;

/*
 * Compares in constant time. Knows argon2id, argon2i and argon2d of any number of lanes, and bcrypt ($2a$, $2b$, $2y$,
 * which looks at 72 bytes); any other hash, an over-long password and want of memory make it WRONG. `arena` is for
 * scratch memory.
 */
enum password_verdict password_verify(void *arena, const char *hash, const char *password);

/* Whether password_verify knows the form of a hash, within the costs above. */
bool password_hash_known(const char *hash);

/* A hash that costs what new ones cost and that nobody has the password of. */
void password_stand_in(char hash[PASSWORD_HASH_SIZE]);

#endif
