/* AES-256-GCM over OpenSSL (NIST SP 800-38D), with a random nonce of 96 bits. */
#include "base/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <talloc.h>

#include "base/base64.h"
#include "base/platform.h"

enum { KEY_SIZE = 32, NONCE_SIZE = 12, TAG_SIZE = 16, SEALED_MAX = 128 << 20 };

static void derive(const struct sealing *how, unsigned char key[KEY_SIZE])
{
    digest_hmac_sha256(how->pass, how->purpose, strlen(how->purpose), key);
}

/* Both directions: sets the key, the nonce and the additional authenticated data. */
static bool begin(EVP_CIPHER_CTX *context, const struct sealing *how, const unsigned char *nonce, int encrypt)
{
    unsigned char key[KEY_SIZE];
    int size;
    bool good;

    derive(how, key);
    good = context && EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce, encrypt) == 1 &&
           EVP_CipherUpdate(context, NULL, &size, (const unsigned char *)how->label, (int)strlen(how->label)) == 1;
    OPENSSL_cleanse(key, sizeof key);
    return good;
}

bool seal(const struct sealing *how, const void *data, size_t len, struct buffer *out)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char *sealed = len <= SEALED_MAX ? talloc_size(out->arena, NONCE_SIZE + len + TAG_SIZE) : NULL;
    int size = 0;
    int last = 0;
    bool good = sealed != NULL;

    if (good)
        platform.random_bytes(sealed, NONCE_SIZE);
    good = good && begin(context, how, sealed, 1) &&
           EVP_CipherUpdate(context, sealed + NONCE_SIZE, &size, data, (int)len) == 1 &&
           EVP_CipherFinal_ex(context, sealed + NONCE_SIZE + size, &last) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, sealed + NONCE_SIZE + len) == 1;
    EVP_CIPHER_CTX_free(context);
    if (good)
        base64_write(out, BASE64, sealed, NONCE_SIZE + len + TAG_SIZE);
    (void)talloc_free(sealed);
    return good && !out->failed;
}

static bool unseal_one(const struct sealing *how, const char *text, void *to, size_t room, size_t *written)
{
    EVP_CIPHER_CTX *context;
    size_t length = strlen(text), size = 0;
    unsigned char *sealed = length <= 2 * (size_t)SEALED_MAX ? talloc_size(NULL, length + 1) : NULL;
    int got = 0;
    int last = 0;
    bool good = sealed && base64_read(BASE64, text, length, sealed, length + 1, &size) &&
                size >= NONCE_SIZE + TAG_SIZE && size - NONCE_SIZE - TAG_SIZE <= room;

    if (!good) {
        (void)talloc_free(sealed);
        return false;
    }
    *written = size - NONCE_SIZE - TAG_SIZE;
    context = EVP_CIPHER_CTX_new();
    good = begin(context, how, sealed, 0) &&
           EVP_CipherUpdate(context, to, &got, sealed + NONCE_SIZE, (int)*written) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, sealed + NONCE_SIZE + *written) == 1 &&
           EVP_CipherFinal_ex(context, (unsigned char *)to + got, &last) == 1;
    EVP_CIPHER_CTX_free(context);
    (void)talloc_free(sealed);
    return good;
}

bool unseal(const struct sealing *how, const char *text, void *to, size_t room, size_t *written)
{
    struct sealing other = *how;

    if (unseal_one(how, text, to, room, written))
        return true;
    other.pass = how->other;
    return how->other.len > 0 && unseal_one(&other, text, to, room, written);
}
