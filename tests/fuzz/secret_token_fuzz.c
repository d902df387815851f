/*
 * Fuzzes secret tokens: the input is a token, two bytes that choose which byte of a valid token to change, a line of
 * header, and a payload; header and payload are signed.
 */
#include <jansson.h>
#include <openssl/evp.h>
#include <string.h>
#include <talloc.h>

#include "auth/secret_tokens.h"
#include "base/buffer.h"
#include "base/platform.h"
#include "fuzz.h"

#define USER "01a203fc-4c18-7000-8fbf-6932d8bc8d1e"
#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}\n"
/* The only signed token, except for those that the target signs itself. */
#define GOOD                                                                                                           \
    "eyJhbGciOiJIUzI1NiJ9."                                                                                            \
    "eyJ1c2VyX2lkIjoiMDFhMjAzZmMtNGMxOC03MDAwLThmYmYtNjkzMmQ4YmM4ZDFlIiwiZXhwIjoxODAwMDAwOTAwfQ."                      \
    "-Fvgdh6HUgCAd11WFWstdRKPnCUEIpzzsROZutwEvvo"

enum { NOW = 1800000000, JSON_MAX = 2000 };

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED(GOOD),
    FUZZ_SEED("\0\1" HS256 "{\"user_id\":\"" USER "\",\"project_id\":\"" USER "\",\"exp\":1800000900}"),
    FUZZ_SEED("\1\200" HS256 "{\"user_id\":\"" USER "\",\"project_id\":null,\"exp\":1800000001,\"nbf\":1800000000}"),
    FUZZ_SEED("\40\3" HS256 "{\"user_id\":\"" USER "\",\"exp\":1799999999}"),
    FUZZ_SEED("\0\1" HS256 "{\"user_id\":\"" USER "\",\"session\":\"" USER "\",\"exp\":1800000900}"),
    FUZZ_SEED("\0\1" HS256 "{\"user_id\":\"" USER "\",\"key\":\"" USER "\",\"exp\":1800000900}"),
    FUZZ_SEED("\1\200" HS256 "{\"user_id\":\"" USER "\",\"exp\":1800000001,\"key\":18000}"),
    FUZZ_SEED("\40\3{\"alg\":\"none\"}\n{\"user_id\":\"" USER "\",\"exp\":1800000900,\"aud\":\"a\"}"),
    FUZZ_SEED("\40\3{\"alg\":\"HS256\",\"crit\":[]}\n{\"user_id\":\"" USER "\",\"exp\":1800000900}"),
    {0},
};

static const char key[] = "a key of tests, long enough";

static int64_t fixed_time(void)
{
    return (int64_t)NOW * 1000000 + 999999;
}

static enum err verify(const char *token, struct secret_claims *claims)
{
    return secret_token_verify(secret_of(key), token, claims);
}

/* base64url without padding, by OpenSSL's encoder, appended. */
static void append_base64(struct buffer *to, const void *data, size_t len)
{
    unsigned char text[JSON_MAX * 2];
    int size = EVP_EncodeBlock(text, data, (int)len);

    for (int i = 0; i < size && text[i] != '='; i++)
        buffer_char(to, text[i] == '+' ? '-' : text[i] == '/' ? '_' : (char)text[i]);
}

static char *sign(void *arena, const char *header, size_t header_len, const char *payload, size_t payload_len)
{
    struct buffer token = buffer_make(arena, 4 * JSON_MAX);
    unsigned char signature[32];

    append_base64(&token, header, header_len);
    buffer_char(&token, '.');
    append_base64(&token, payload, payload_len);
    digest_hmac_sha256(secret_of(key), token.data, token.len, signature);
    buffer_char(&token, '.');
    append_base64(&token, signature, sizeof signature);
    require(!token.failed);
    return token.data;
}

/* Whether a claim that may be absent is an id if it is present. */
static bool is_id_or_absent(const json_t *payload, const char *name, struct uuid *id, bool *present)
{
    const json_t *claim = json_object_get(payload, name);

    *present = claim != NULL;
    return !claim || (json_is_string(claim) && uuid_parse(json_string_value(claim), id));
}

/* A token with a valid signature: the properties of an accepted one, and of a refused one. */
static void check_claims(const json_t *header, const json_t *payload, enum err code, const struct secret_claims *claims)
{
    json_int_t expires = json_integer_value(json_object_get(payload, "exp"));
    json_int_t not_before = json_integer_value(json_object_get(payload, "nbf"));
    const char *algorithm = json_string_value(json_object_get(header, "alg"));
    const char *user = json_string_value(json_object_get(payload, "user_id"));
    const char *project = json_string_value(json_object_get(payload, "project_id"));
    struct uuid user_id, project_id, session, api_key;
    bool has_session, has_key = false;
    bool sound = is_id_or_absent(payload, "session", &session, &has_session) &&
                 is_id_or_absent(payload, "key", &api_key, &has_key);
    bool in_time = expires > NOW && expires <= NOW + 16 * 60;
    bool plain = algorithm && strcmp(algorithm, "HS256") == 0 && !json_object_get(header, "crit");

    if (code != OK) {
        require(!in_time || !plain || !user || !uuid_parse(user, &user_id) || json_object_get(payload, "aud") ||
                json_object_get(payload, "nbf") || !sound || (project && !uuid_parse(project, &project_id)));
        return;
    }
    require(in_time && plain && claims->expires_us == expires * 1000000 && not_before <= NOW + 60);
    require(user && uuid_parse(user, &user_id) && uuid_equal(&user_id, &claims->user_id));
    require(sound && claims->has_session == has_session && claims->has_key == has_key);
    require(!has_session || uuid_equal(&session, &claims->session));
    require(!has_key || uuid_equal(&api_key, &claims->key));
    require(claims->has_project == (project != NULL));
    require(!project || (uuid_parse(project, &project_id) && uuid_equal(&project_id, &claims->project_id)));
}

/* The last digit of a signature has two unused bits: other spellings of it are refused. */
static void check_spellings(char *token)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *last = token + strlen(token) - 1;
    const char *digit = strchr(digits, *last);
    struct secret_claims claims;

    for (int other = 1; other <= 3; other++) {
        *last = digits[(digit - digits) ^ other];
        require(verify(token, &claims) == ERR_UNAUTHORIZED);
    }
    *last = *digit;
}

/* A token that is one byte different from a good one, or longer or shorter, is refused. */
static void check_changed(void *arena, char *token, const uint8_t *how)
{
    struct secret_claims claims;
    size_t len = strlen(token);
    size_t at = (how[0] + 256U * (how[1] & 3)) % len;
    char flip = (char)(how[1] >> 2 ? how[1] >> 2 : 0x80);
    char *longer = talloc_asprintf(arena, "%s%c", token, how[0] ? how[0] : '=');

    require(verify(longer, &claims) == ERR_UNAUTHORIZED);
    check_spellings(token);
    token[at] = (char)(token[at] ^ flip);
    require(verify(token, &claims) == ERR_UNAUTHORIZED);
    token[at] = (char)(token[at] ^ flip);
    token[len - 1] = '\0';
    require(verify(token, &claims) == ERR_UNAUTHORIZED);
}

static void check_signed(void *arena, const uint8_t *how, const char *header, size_t size)
{
    const char *line = memchr(header, '\n', size);
    size_t len = line ? (size_t)(line - header) : 0;
    const char *payload = header + len + 1;
    size_t payload_len = size - len - 1;
    struct secret_claims claims;
    json_t *header_json, *payload_json;
    char *token;
    enum err code;

    if (!line || size > JSON_MAX)
        return;
    token = sign(arena, header, len, payload, payload_len);
    code = verify(token, &claims);
    require(code == OK || code == ERR_UNAUTHORIZED);
    header_json = json_loadb(header, len, JSON_REJECT_DUPLICATES, NULL);
    payload_json = json_loadb(payload, payload_len, JSON_REJECT_DUPLICATES, NULL);
    check_claims(header_json, payload_json, code, &claims);
    if (code == OK)
        check_changed(arena, token, how);
    json_decref(header_json);
    json_decref(payload_json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    struct secret_claims claims;
    char *token = talloc_strndup(arena, (const char *)data, size);

    platform.realtime_us = fixed_time;
    require((verify(token, &claims) == OK) == (strcmp(token, GOOD) == 0));
    if (size > 2)
        check_signed(arena, data, (const char *)data + 2, size - 2);
    (void)talloc_free(arena);
    return 0;
}
