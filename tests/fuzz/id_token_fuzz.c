/* Fuzzes ID tokens and their verification keys: the input is a line with a token, and a JWK set. */
#include <string.h>
#include <talloc.h>

#include "fuzz.h"
#include "signin/id_token.h"

#define TOKEN "eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ.eyJpc3MiOiJhIn0.AQAB"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED(TOKEN "\n{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}"),
    FUZZ_SEED(
        "eyJhbGciOiJFUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
        "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"),
    FUZZ_SEED("a.b.c\n{\"keys\":{}}"),
    {0},
};

/* No input has a valid signature: every one is refused with a reason, and no claim is returned. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct id_token_wanted wanted = {.issuer = "a", .client_id = "b", .now = 1800000000};
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    size_t len = line ? (size_t)(line - data) : size;
    void *arena = talloc_new(NULL);
    char *token = talloc_strndup(arena, (const char *)data, len);
    json_t *keys = line ? json_loadb((const char *)line + 1, size - len - 1, 0, NULL) : NULL;
    json_t *claims = NULL;
    struct error error = {0};

    require(id_token_verify(token, keys, &wanted, &claims, &error) != OK && !claims && error.cause[0]);
    (void)id_token_key_id(arena, token);
    json_decref(keys);
    (void)talloc_free(arena);
    return 0;
}
