/* Creates signing keys, caches them until the database reports a change, and publishes them. */
#include "auth/signing_keys.h"

#include <inttypes.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

#include "auth/decision_cache.h"
#include "auth/statements.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/log.h"
#include "base/platform.h"
#include "base/seal.h"

#define HOUR_US (INT64_C(3600) * 1000000)
#define SIGNS_US (168 * HOUR_US) /* for how long a key signs */
#define AHEAD_US (24 * HOUR_US)  /* how long in advance it is made, so that every process learns of it */

enum { RSA_BITS = 2048, KEYS_MAX = 16, PRIVATE_MAX = 4096, SEALED_TEXT_MAX = 8192, RELOAD_US = 60 * 1000000 };

struct known {
    char id[SIGNING_KEY_ID_SIZE];
    EVP_PKEY *key; /* NULL: it cannot be opened, which is tried only once */
    int64_t signs_until_us;
};

/* The last answer of the database, in its order. It is replaced, never changed. */
static struct {
    pthread_mutex_t lock;
    struct known keys[KEYS_MAX];
    size_t count;
    uint64_t generation; /* generation of the decision cache in which it was asked: deletions of keys raise it */
    int64_t loaded_us;
} memory = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct sealing sealing_of(const struct config *config, const char *id)
{
    return (struct sealing){secret_of(config->crypt_key), secret_of_optional(config->crypt_key_accepted),
                            SEAL_SIGNING_KEY, id};
}

/* ---- database ---- */

static EVP_PKEY *open_key(const struct config *config, const char *id, const char *sealed)
{
    struct sealing how = sealing_of(config, id);
    unsigned char bytes[PRIVATE_MAX];
    const unsigned char *at = bytes;
    EVP_PKEY *key = NULL;
    size_t size;

    if (unseal(&how, sealed, bytes, sizeof bytes, &size))
        key = d2i_AutoPrivateKey(NULL, &at, (long)size);
    OPENSSL_cleanse(bytes, sizeof bytes);
    if (!key)
        log_message(LOG_WARNING, "signing key %s cannot be opened with this AGENTA_CRYPT_KEY; it is ignored", id);
    return key;
}

static const char *close_key(struct request *req, const char *id, EVP_PKEY *key)
{
    struct sealing how = sealing_of(req->config, id);
    struct buffer text = buffer_make(req->arena, SEALED_TEXT_MAX);
    unsigned char *bytes = NULL;
    int size = i2d_PrivateKey(key, &bytes);
    bool good = size > 0 && seal(&how, bytes, (size_t)size, &text);

    if (size > 0)
        OPENSSL_clear_free(bytes, (size_t)size);
    return good ? buffer_string(&text) : NULL;
}

/* The cached key of that name, or NULL. The caller has the lock. */
static const struct known *remembered(const char *id)
{
    for (size_t i = 0; i < memory.count; i++)
        if (strcmp(memory.keys[i].id, id) == 0)
            return &memory.keys[i];
    return NULL;
}

/* A new reference to the key, or NULL. */
static EVP_PKEY *share(EVP_PKEY *key)
{
    return key && EVP_PKEY_up_ref(key) == 1 ? key : NULL;
}

static void remember(struct request *req, const struct result *rows, uint64_t generation)
{
    struct known keys[KEYS_MAX];
    size_t count = 0;

    pthread_mutex_lock(&memory.lock);
    for (int row = 0; row < result_rows(rows) && count < KEYS_MAX; row++) {
        const char *id = result_text(rows, row, SIGNING_KEYS_LIST_KID);
        const struct known *before = remembered(id);
        struct known *known = &keys[count];
        if (strlen(id) >= sizeof known->id)
            continue;
        memcpy(known->id, id, strlen(id) + 1);
        known->signs_until_us = result_int(rows, row, SIGNING_KEYS_LIST_SIGNS_UNTIL_US);
        known->key = before ? share(before->key)
                            : open_key(req->config, id, result_text(rows, row, SIGNING_KEYS_LIST_PRIVATE_KEY));
        count++;
    }
    for (size_t i = 0; i < memory.count; i++)
        EVP_PKEY_free(memory.keys[i].key);
    memcpy(memory.keys, keys, count * sizeof *keys);
    memory.count = count;
    memory.generation = generation;
    memory.loaded_us = platform.monotonic_us();
    pthread_mutex_unlock(&memory.lock);
}

static enum err load(struct request *req)
{
    uint64_t generation = decision_cache_generation();
    struct result rows;

    TRY(DB_RUN(req->db, signing_keys_list, &rows));
    remember(req, &rows, generation);
    result_clear(&rows);
    return OK;
}

/* ---- choosing ---- */

static int free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
    return 0;
}

/* Binds a reference to the request. */
static bool keep_key(struct request *req, EVP_PKEY *key)
{
    EVP_PKEY **kept = talloc(req->arena, EVP_PKEY *);

    if (!kept) {
        EVP_PKEY_free(key);
        return false;
    }
    *kept = key;
    talloc_set_destructor(kept, free_key);
    return true;
}

static bool is_fresh(void)
{
    bool fresh;

    pthread_mutex_lock(&memory.lock);
    fresh = memory.count > 0 && memory.generation == decision_cache_generation() &&
            platform.monotonic_us() - memory.loaded_us < RELOAD_US;
    pthread_mutex_unlock(&memory.lock);
    return fresh;
}

/*
 * The oldest key that still signs: younger ones exist only to become known. `last_us`: the last time at which some key
 * signs.
 */
static bool choose(struct signing_key *chosen, int64_t *last_us)
{
    const struct known *eldest = NULL;
    int64_t now = platform.realtime_us();

    *last_us = 0;
    pthread_mutex_lock(&memory.lock);
    for (size_t i = 0; i < memory.count && memory.keys[i].signs_until_us > now; i++) {
        if (!memory.keys[i].key)
            continue;
        eldest = &memory.keys[i];
        if (*last_us == 0)
            *last_us = eldest->signs_until_us;
    }
    chosen->key = eldest ? share(eldest->key) : NULL;
    if (eldest)
        memcpy(chosen->id, eldest->id, sizeof chosen->id);
    pthread_mutex_unlock(&memory.lock);
    return chosen->key != NULL;
}

/* ---- creating ---- */

static enum err create_key(struct request *req, int64_t after_us, struct signing_key *made)
{
    int64_t now = platform.realtime_us();
    char *id = talloc_asprintf(req->arena, "d-%" PRId64, now / 1000);
    EVP_PKEY *key = EVP_RSA_gen(RSA_BITS);
    const char *sealed;
    enum err err;

    if (!id || !key || !keep_key(req, key))
        return id && !key ? ERR_INTERNAL : ERR_MEMORY;
    sealed = close_key(req, id, key);
    if (!sealed)
        return ERR_INTERNAL;
    err = DB_RUN(req->db, signing_key_create, NULL, param_text(id), param_text(sealed),
                 param_int((after_us > now ? after_us : now) + SIGNS_US));
    if (!err)
        err = DB_RUN(req->db, signing_keys_sweep, NULL);
    memcpy(made->id, id, strlen(id) + 1);
    made->key = key;
    return err;
}

/*
 * Makes the next key. If it is only needed later, one process makes it and the others do not wait. If no key can sign,
 * the others wait for the first process and look again. A new key is cached only once it is read back as committed.
 */
static enum err renew(struct request *req, struct signing_key *key)
{
    bool urgent = !key->key;
    struct signing_key next = {.key = NULL};
    struct result row;
    int64_t last_us;
    bool locked;

    TRY(urgent ? DB_RUN(req->db, signing_key_lock, &row) : DB_RUN(req->db, signing_key_try_lock, &row));
    locked = result_rows(&row) == 1;
    result_clear(&row);
    if (!locked)
        return OK;
    TRY(load(req));
    if (choose(&next, &last_us) && !keep_key(req, next.key))
        return ERR_MEMORY;
    if (last_us <= platform.realtime_us() + AHEAD_US)
        TRY(create_key(req, last_us, next.key ? &(struct signing_key){.key = NULL} : &next));
    *key = next;
    return OK;
}

enum err signing_key_current(struct request *req, struct signing_key *key)
{
    int64_t last_us;

    if (!is_fresh())
        TRY(load(req));
    if (choose(key, &last_us) && !keep_key(req, key->key))
        return ERR_MEMORY;
    return last_us > platform.realtime_us() + AHEAD_US ? OK : renew(req, key);
}

/* A reference to the key of that name, or NULL; `known` reports whether the cache has an entry for it. */
static EVP_PKEY *find(const char *id, bool *known)
{
    const struct known *found;
    EVP_PKEY *key;

    pthread_mutex_lock(&memory.lock);
    found = remembered(id);
    *known = found != NULL;
    key = found ? share(found->key) : NULL;
    pthread_mutex_unlock(&memory.lock);
    return key;
}

enum err signing_key_find(struct request *req, const char *id, struct signing_key *key)
{
    bool known;

    if (strncmp(id, "d-", 2) != 0)
        return ERR_UNAUTHORIZED;
    key->key = find(id, &known);
    if (!known) {
        TRY(load(req));
        key->key = find(id, &known);
    }
    if (!key->key)
        return ERR_UNAUTHORIZED;
    memcpy(key->id, id, strlen(id) + 1);
    return keep_key(req, key->key) ? OK : ERR_MEMORY;
}

/* ---- start ---- */

enum err signing_keys_count(struct db *db, const struct config *config, int *count, int *strange)
{
    struct result rows;
    enum err err = DB_RUN(db, signing_keys_list, &rows);

    *count = *strange = 0;
    if (err)
        return err;
    *count = result_rows(&rows);
    for (int row = 0; row < *count; row++) {
        EVP_PKEY *key = open_key(config, result_text(&rows, row, SIGNING_KEYS_LIST_KID),
                                 result_text(&rows, row, SIGNING_KEYS_LIST_PRIVATE_KEY));

        *strange += key == NULL;
        EVP_PKEY_free(key);
    }
    result_clear(&rows);
    return OK;
}

enum err signing_keys_check(struct db *db, const struct config *config)
{
    int strange, count;

    TRY(signing_keys_count(db, config, &count, &strange));
    if (strange > 0)
        log_message(LOG_WARNING,
                    "%d of %d signing keys were made with another AGENTA_CRYPT_KEY: sessions and mail of servers that "
                    "have it do not work here; servers that share a database need the same keys",
                    strange, count);
    return OK;
}

/* ---- publishing ---- */

static bool write_number(struct buffer *out, const char *name, const EVP_PKEY *key, const char *parameter)
{
    struct buffer text = buffer_make(out->arena, PRIVATE_MAX);
    unsigned char bytes[PRIVATE_MAX];
    BIGNUM *number = NULL;
    int size = -1;

    if (EVP_PKEY_get_bn_param(key, parameter, &number) == 1 && BN_num_bytes(number) <= (int)sizeof bytes)
        size = BN_bn2bin(number, bytes);
    BN_free(number);
    if (size <= 0)
        return false;
    base64_write(&text, BASE64_URL, bytes, (size_t)size);
    json_key(out, name);
    json_text(out, buffer_string(&text));
    return true;
}

static bool write_public(struct buffer *out, const struct known *known)
{
    bool good;

    json_open(out, '{');
    JSON_MEMBERS(out, member_text("kty", "RSA"), member_text("kid", known->id));
    good = write_number(out, "n", known->key, OSSL_PKEY_PARAM_RSA_N) &&
           write_number(out, "e", known->key, OSSL_PKEY_PARAM_RSA_E);
    JSON_MEMBERS(out, member_text("alg", "RS256"), member_text("use", "sig"));
    json_close(out, '}');
    return good;
}

static enum err write_keys(struct request *req, struct buffer *out)
{
    bool good = true;

    if (!is_fresh())
        TRY(load(req));
    json_open(out, '{');
    json_key(out, "keys");
    json_open(out, '[');
    pthread_mutex_lock(&memory.lock);
    for (size_t i = 0; i < memory.count && good; i++)
        if (memory.keys[i].key)
            good = write_public(out, &memory.keys[i]);
    pthread_mutex_unlock(&memory.lock);
    json_close(out, ']');
    json_close(out, '}');
    return good ? OK : ERR_INTERNAL;
}

enum err signing_keys_publish(struct request *req, struct buffer *out)
{
    struct signing_key key;

    TRY(db_begin(req->db));
    TRY(signing_key_current(req, &key));
    TRY(db_commit(req->db));
    return write_keys(req, out);
}
