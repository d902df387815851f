/* Makes and reads refresh tokens: the session's handle, 256 bits, and a MAC over both, in Base64. */
#include "auth/refresh_tokens.h"

#include <string.h>

#include "base/base64.h"
#include "base/platform.h"

enum { HANDLE = 16, SECRET = 32, MAC = 16, BYTES = HANDLE + SECRET + MAC };

/* A separate key for each purpose. */
static void derive(struct secret installation, const char *purpose, const unsigned char *data, size_t len,
                   unsigned char digest[32])
{
    unsigned char key[32];

    digest_hmac_sha256(installation, purpose, strlen(purpose), key);
    digest_hmac_sha256((struct secret){key, sizeof key}, data, len, digest);
}

static void mac_of(struct secret installation, const unsigned char *bytes, unsigned char digest[32])
{
    derive(installation, "orgd refresh token", bytes, HANDLE + SECRET, digest);
}

static void hash(struct refresh_token *token)
{
    unsigned char digest[32];

    digest_sha256(token->text, strlen(token->text), digest);
    digest_sha256_hex(token->text, strlen(token->text), token->hash);
    digest_sha256_hex(digest, sizeof digest, token->stored_hash);
}

/* `bytes` has room for the MAC. */
static bool finish(void *arena, struct secret installation, unsigned char bytes[BYTES], struct refresh_token *token)
{
    struct buffer text = buffer_make(arena, REFRESH_TOKEN_LENGTH);
    unsigned char digest[32];

    mac_of(installation, bytes, digest);
    memcpy(bytes + HANDLE + SECRET, digest, MAC);
    memcpy(token->session.bytes, bytes, HANDLE);
    base64_write(&text, BASE64_URL, bytes, BYTES);
    token->text = buffer_string(&text);
    if (!token->text)
        return false;
    hash(token);
    return true;
}

bool refresh_token_first(void *arena, struct secret installation, const struct uuid *session,
                         struct refresh_token *token)
{
    unsigned char bytes[BYTES];

    memcpy(bytes, session->bytes, HANDLE);
    platform.random_bytes(bytes + HANDLE, SECRET);
    return finish(arena, installation, bytes, token);
}

static bool decode(const char *text, unsigned char bytes[BYTES])
{
    size_t size;

    return strlen(text) == REFRESH_TOKEN_LENGTH &&
           base64_read(BASE64_URL, text, REFRESH_TOKEN_LENGTH, bytes, BYTES, &size) && size == BYTES;
}

bool refresh_token_next(void *arena, struct secret installation, const struct refresh_token *parent,
                        struct refresh_token *token)
{
    unsigned char bytes[BYTES] = {0};
    unsigned char digest[32];

    (void)decode(parent->text, bytes);
    derive(installation, "orgd refresh token, next", bytes, HANDLE + SECRET, digest);
    memcpy(bytes + HANDLE, digest, SECRET);
    return finish(arena, installation, bytes, token);
}

bool refresh_token_read(struct secret installation, const char *text, struct refresh_token *token)
{
    unsigned char bytes[BYTES];
    unsigned char digest[32];

    if (!decode(text, bytes))
        return false;
    mac_of(installation, bytes, digest);
    if (!secret_equal((struct secret){digest, MAC}, (struct secret){bytes + HANDLE + SECRET, MAC}))
        return false;
    memcpy(token->session.bytes, bytes, HANDLE);
    token->text = text;
    hash(token);
    return true;
}
