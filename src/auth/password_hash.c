/* Makes and verifies password hashes. */
#include "auth/password_hash.h"

#include <argon2.h>
#include <crypt.h>
#include <limits.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/secret.h"
#include "policy/password_policy.h"

#define MEMORY_BYTES ((size_t)PASSWORD_MEMORY_KIB * 1024)
#define BCRYPT_ALPHABET "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

enum {
    BCRYPT_LEN = 60,
    BCRYPT_TAIL = 53,  /* salt and digest */
    ARGON2_MAX = 1024, /* bytes of an encoded hash */
};

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "a hash of libsodium fits");

enum err password_hash(const char *password, char hash[PASSWORD_HASH_SIZE])
{
    if (sodium_init() < 0 || crypto_pwhash_str(hash, password, strlen(password), PASSWORD_PASSES, MEMORY_BYTES) != 0)
        return ERR_MEMORY;
    return OK;
}

void password_stand_in(char hash[PASSWORD_HASH_SIZE])
{
    (void)snprintf(hash, PASSWORD_HASH_SIZE, "$argon2id$v=19$m=%d,t=%d,p=1$AAAAAAAAAAAAAAAAAAAAAA$%s",
                   PASSWORD_MEMORY_KIB, PASSWORD_PASSES, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

/* ---- bcrypt ---- */

static bool is_bcrypt(const char *hash)
{
    int cost;

    if (strlen(hash) != BCRYPT_LEN || strncmp(hash, "$2", 2) != 0 || !strchr("aby", hash[2]) || hash[3] != '$')
        return false;
    if (hash[4] < '0' || hash[4] > '9' || hash[5] < '0' || hash[5] > '9' || hash[6] != '$')
        return false;
    cost = (hash[4] - '0') * 10 + hash[5] - '0';
    return cost >= 4 && cost <= PASSWORD_BCRYPT_COST_MAX && strspn(hash + 7, BCRYPT_ALPHABET) == BCRYPT_TAIL;
}

static bool bcrypt_matches(void *arena, const char *hash, const char *password)
{
    struct crypt_data *data = talloc_zero(arena, struct crypt_data);
    const char *made = data ? crypt_rn(password, hash, data, sizeof *data) : NULL;
    bool same = made && secret_equal(secret_of(made), secret_of(hash));

    if (data)
        sodium_memzero(data, sizeof *data);
    (void)talloc_free(data);
    return same;
}

/* ---- argon2 ---- */

struct argon2_cost {
    argon2_type type;
    bool current; /* for the version that libsodium supports */
    uint32_t kib, passes, lanes;
};

static bool take(const char **at, const char *text)
{
    size_t len = strlen(text);

    if (strncmp(*at, text, len) != 0)
        return false;
    *at += len;
    return true;
}

static bool take_number(const char **at, const char *name, uint32_t most, uint32_t *number)
{
    const char *from;

    *number = 0;
    if (!take(at, name))
        return false;
    for (from = *at; **at >= '0' && **at <= '9'; (*at)++) {
        *number = *number * 10 + (uint32_t)(**at - '0');
        if (*number > most)
            return false;
    }
    return *at > from && *number > 0;
}

static bool take_argon2_type(const char **at, argon2_type *type)
{
    /* the longer name first */
    if (take(at, "$argon2id$"))
        *type = Argon2_id;
    else if (take(at, "$argon2i$"))
        *type = Argon2_i;
    else if (take(at, "$argon2d$"))
        *type = Argon2_d;
    else
        return false;
    return true;
}

/* $argon2id$v=19$m=19456,t=2,p=1$SALT$DIGEST; old hashes may lack the version. */
static bool read_argon2(const char *hash, struct argon2_cost *cost)
{
    const char *at = hash;
    uint32_t version = ARGON2_VERSION_10;

    if (strlen(hash) > ARGON2_MAX || !take_argon2_type(&at, &cost->type))
        return false;
    if (strncmp(at, "v=", 2) == 0 && (!take_number(&at, "v=", ARGON2_VERSION_13, &version) || *at++ != '$'))
        return false;
    cost->current = version == ARGON2_VERSION_13;
    return take_number(&at, "m=", PASSWORD_IMPORTED_KIB_MAX, &cost->kib) &&
           take_number(&at, ",t=", PASSWORD_IMPORTED_PASSES_MAX, &cost->passes) &&
           take_number(&at, ",p=", PASSWORD_IMPORTED_LANES_MAX, &cost->lanes) && *at == '$';
}

/* libsodium is twice as fast, but supports one lane and one version only. */
static enum password_verdict verify_argon2(const struct argon2_cost *cost, const char *hash, const char *password)
{
    size_t len = strlen(password);

    if (cost->type == Argon2_id && cost->current && cost->lanes == 1 && strlen(hash) < crypto_pwhash_STRBYTES) {
        if (sodium_init() < 0 || crypto_pwhash_str_verify(hash, password, len) != 0)
            return PASSWORD_WRONG;
        return crypto_pwhash_str_needs_rehash(hash, PASSWORD_PASSES, MEMORY_BYTES) == 0 ? PASSWORD_RIGHT
                                                                                        : PASSWORD_RIGHT_REHASH;
    }
    return argon2_verify(hash, password, len, cost->type) == ARGON2_OK ? PASSWORD_RIGHT_REHASH : PASSWORD_WRONG;
}

/* ---- both ---- */

enum password_verdict password_verify(void *arena, const char *hash, const char *password)
{
    struct argon2_cost cost;

    if (strlen(password) > PASSWORD_MAX_BYTES)
        return PASSWORD_WRONG;
    if (is_bcrypt(hash))
        return bcrypt_matches(arena, hash, password) ? PASSWORD_RIGHT_REHASH : PASSWORD_WRONG;
    return read_argon2(hash, &cost) ? verify_argon2(&cost, hash, password) : PASSWORD_WRONG;
}

bool password_hash_known(const char *hash)
{
    struct argon2_cost cost;

    return is_bcrypt(hash) || read_argon2(hash, &cost);
}
