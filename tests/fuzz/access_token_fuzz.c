/*
 * Fuzzes access tokens: the input is a token, two bytes that choose which byte of a valid token to change, a line of
 * header, and a payload; header and payload are signed.
 */
#include <jansson.h>
#include <openssl/rsa.h>
#include <string.h>
#include <talloc.h>

#include "auth/access_tokens.h"
#include "base/base64.h"
#include "fuzz.h"

#define ID "01a203fc-4c18-4000-8fbf-6932d8bc8d1e"
#define HEADER "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"d-1\",\"version\":\"5\"}\n"
#define CLAIMS                                                                                                         \
    "\"sub\":\"" ID "\",\"sessionHandle\":\"" ID "\",\"tId\":\"public\",\"iat\":1,\"exp\":2,"                          \
    "\"refreshTokenHash1\":\"ab\""

enum { JSON_MAX = 3000 };

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("\0\1" HEADER "{" CLAIMS "}"),
    FUZZ_SEED("\40\3" HEADER "{" CLAIMS ",\"exp\":3}"),
    FUZZ_SEED("\40\3{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"d-1\",\"version\":\"3\"}\n{" CLAIMS "}"),
    FUZZ_SEED("\40\3{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"d-1\",\"version\":\"2\",\"crit\":[]}\n{" CLAIMS "}"),
    FUZZ_SEED("a.b.c"),
    FUZZ_SEED(".."),
    {0},
};

static EVP_PKEY *key_of_tests(void)
{
    static EVP_PKEY *key;

    if (!key)
        key = EVP_RSA_gen(1024);
    require(key != NULL);
    return key;
}

static bool signs(EVP_PKEY *key, const char *data, size_t len, unsigned char *signature, size_t *size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, signature, size, (const unsigned char *)data, len) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

static char *sign(void *arena, const char *header, size_t header_len, const char *payload, size_t payload_len)
{
    struct buffer token = buffer_make(arena, 4 * JSON_MAX);
    unsigned char signature[512];
    size_t size = sizeof signature;

    base64_write(&token, BASE64_URL, header, header_len);
    buffer_char(&token, '.');
    base64_write(&token, BASE64_URL, payload, payload_len);
    require(!token.failed && signs(key_of_tests(), token.data, token.len, signature, &size));
    buffer_char(&token, '.');
    base64_write(&token, BASE64_URL, signature, size);
    return token.data;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* Properties of the parts of a parsed token. */
static void check_parts(const struct access_token *token, const json_t *header, const json_t *payload)
{
    struct uuid id;
    const char *algorithm = text_of(header, "alg");
    bool plain = algorithm && strcmp(algorithm, "RS256") == 0 && !json_object_get(header, "crit");

    require(header && payload && strcmp(text_of(header, "typ"), "JWT") == 0);
    require(strcmp(text_of(header, "kid"), token->key_id) == 0 && strlen(token->key_id) < SIGNING_KEY_ID_SIZE);
    require(strtol(text_of(header, "version"), NULL, 10) >= 3);
    require(uuid_parse_canonical(text_of(payload, "sub"), &id) && uuid_equal(&id, &token->claims.login_id));
    require(uuid_parse_canonical(text_of(payload, "sessionHandle"), &id) && uuid_equal(&id, &token->claims.session));
    require(json_integer_value(json_object_get(payload, "exp")) == token->claims.expires_s);
    require(token->claims.expires_s >= 0 && token->claims.expires_s < INT64_MAX / 1000000);
    require(strcmp(text_of(payload, "refreshTokenHash1"), token->claims.refresh_hash) == 0);
    require(access_token_verify(token, key_of_tests()) == plain);
}

/* A token with one byte changed, added or removed is never accepted. */
static void check_changed(void *arena, char *text, const uint8_t *how)
{
    size_t len = strlen(text);
    size_t at = (how[0] + 256U * (how[1] & 3)) % len;
    char flip = (char)(how[1] >> 2 ? how[1] >> 2 : 0x80);
    char *longer = talloc_asprintf(arena, "%s%c", text, how[0] ? how[0] : '=');
    struct access_token token;

    require(!access_token_read(longer, &token) || !access_token_verify(&token, key_of_tests()));
    text[at] = (char)(text[at] ^ flip);
    require(!access_token_read(text, &token) || !access_token_verify(&token, key_of_tests()));
    text[at] = (char)(text[at] ^ flip);
    text[len - 1] = '\0';
    require(!access_token_read(text, &token) || !access_token_verify(&token, key_of_tests()));
}

static void check_signed(void *arena, const uint8_t *how, const char *header, size_t size)
{
    const char *line = memchr(header, '\n', size);
    size_t len = line ? (size_t)(line - header) : 0;
    struct access_token token;
    json_t *header_json, *payload_json;
    char *text;

    if (!line || size > JSON_MAX)
        return;
    text = sign(arena, header, len, header + len + 1, size - len - 1);
    header_json = json_loadb(header, len, JSON_REJECT_DUPLICATES, NULL);
    payload_json = json_loadb(header + len + 1, size - len - 1, JSON_REJECT_DUPLICATES, NULL);
    if (access_token_read(text, &token)) {
        check_parts(&token, header_json, payload_json);
        check_changed(arena, text, how);
    }
    json_decref(header_json);
    json_decref(payload_json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    char *text = talloc_strndup(arena, (const char *)data, size);
    struct access_token token;

    require(!access_token_read(text, &token) || !access_token_verify(&token, key_of_tests()));
    if (size > 2)
        check_signed(arena, data, (const char *)data + 2, size - 2);
    talloc_free(arena);
    return 0;
}
