/* Secrets and digests, over OpenSSL. */
#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

struct secret secret_of(const char *text)
{
    return (struct secret){(const unsigned char *)text, strlen(text)};
}

struct secret secret_of_optional(const char *text)
{
    return text ? secret_of(text) : (struct secret){0};
}

bool secret_equal(struct secret a, struct secret b)
{
    return a.len == b.len && CRYPTO_memcmp(a.bytes, b.bytes, a.len) == 0;
}

void digest_sha256(const void *data, size_t len, unsigned char digest[32])
{
    (void)SHA256(data, len, digest);
}

void digest_sha256_hex(const void *data, size_t len, char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[32];

    digest_sha256(data, len, digest);
    for (int i = 0; i < 32; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[64] = '\0';
}

void digest_hmac_sha256(struct secret key, const void *data, size_t len, unsigned char digest[32])
{
    unsigned int written = 32;

    (void)HMAC(EVP_sha256(), key.bytes, (int)key.len, data, len, digest, &written);
}
