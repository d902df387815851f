/* Fuzzes refresh tokens: the input is a token, and two bytes that choose how to change a valid one. */
#include <string.h>
#include <talloc.h>

#include "auth/refresh_tokens.h"
#include "fuzz.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("eryNXGh2Tf6_DOwTtyb5TM_75J1POpPHEHhpyedM6NExX0ayL7kM65oo_n2qo0ljARmpZthwZ4uJpabtu0Yw3g"),
    FUZZ_SEED("\0\1"),
    FUZZ_SEED("\126A"),
    FUZZ_SEED(""),
    {0},
};

static const char secret[] = "a secret of tests, long enough";

/* A token with one byte changed, added or removed is refused. */
static void check_changed(void *arena, const struct refresh_token *good, const uint8_t *how)
{
    char *text = talloc_strdup(arena, good->text);
    char *longer = talloc_asprintf(arena, "%s%c", text, how[1] ? how[1] : '=');
    size_t at = how[0] % strlen(text);
    struct refresh_token read;

    require(!refresh_token_read(secret_of(secret), longer, &read));
    text[at] = (char)(text[at] ^ (how[1] ? how[1] : 1));
    require(!refresh_token_read(secret_of(secret), text, &read));
    text[at] = '\0';
    require(!refresh_token_read(secret_of(secret), text, &read));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    struct uuid session = uuid_v4();
    struct refresh_token token, next, again, read;
    char *text = talloc_strndup(arena, (const char *)data, size);

    require(!refresh_token_read(secret_of(secret), text, &read));
    require(refresh_token_first(arena, secret_of(secret), &session, &token));
    require(strlen(token.text) == REFRESH_TOKEN_LENGTH);
    require(refresh_token_read(secret_of(secret), token.text, &read));
    require(uuid_equal(&read.session, &session) && strcmp(read.stored_hash, token.stored_hash) == 0);
    require(!refresh_token_read(secret_of("another"), token.text, &read));
    require(refresh_token_next(arena, secret_of(secret), &token, &next));
    require(refresh_token_next(arena, secret_of(secret), &token, &again));
    require(strcmp(next.text, again.text) == 0 && strcmp(next.text, token.text) != 0);
    require(uuid_equal(&next.session, &session) && refresh_token_read(secret_of(secret), next.text, &read));
    if (size >= 2)
        check_changed(arena, &token, data);
    talloc_free(arena);
    return 0;
}
