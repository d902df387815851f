/* Tests of secret tokens: accepted ones, and every reason for a refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "auth/secret_tokens.h"
#include "base/platform.h"

#define USER "01a203fc-4c18-7000-8fbf-6932d8bc8d1e"
#define PROJECT "01a203fc-4c5b-7000-9e02-b645d4a5d2c8"
#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define NOW 1800000000

static const char key[] = "a key of tests, long enough";

static int64_t fixed_time(void)
{
    return (int64_t)NOW * 1000000 + 999999;
}

/* base64url without padding, appended to `to`. */
static void encode(char *to, const void *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *bytes = data;
    unsigned bits = 0;
    int count = 0;

    to += strlen(to);
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
        for (count += 8; count >= 6; count -= 6)
            *to++ = digits[bits >> (count - 6) & 63];
    }
    if (count > 0)
        *to++ = digits[bits << (6 - count) & 63];
    *to = '\0';
}

/* A token over `header` and `payload`, signed with `signing_key`; valid until the next call. */
static char *make(const char *header, const char *payload, const char *signing_key)
{
    static char token[32768];
    unsigned char signature[32];
    size_t len;

    token[0] = '\0';
    encode(token, header, strlen(header));
    len = strlen(token);
    memcpy(token + len, ".", 2);
    encode(token, payload, strlen(payload));
    digest_hmac_sha256(secret_of(signing_key), token, strlen(token), signature);
    len = strlen(token);
    memcpy(token + len, ".", 2);
    encode(token, signature, sizeof signature);
    return token;
}

static enum err verify(const char *token)
{
    struct secret_claims claims;

    return secret_token_verify(secret_of(key), token, &claims);
}

static void good_tokens_give_their_claims(void **state)
{
    struct secret_claims claims = {0};
    char id[UUID_TEXT_SIZE];
    const char *token = make(HS256,
                             "{\"user_id\":\"" USER "\",\"user_email\":\"a@b.c\",\"project_id\":\"" PROJECT
                             "\",\"organization_name\":null,\"exp\":1800000900}",
                             key);

    (void)state;
    assert_int_equal(secret_token_verify(secret_of(key), token, &claims), OK);
    assert_string_equal(uuid_format(&claims.user_id, id), USER);
    assert_true(claims.has_project);
    assert_string_equal(uuid_format(&claims.project_id, id), PROJECT);
    assert_int_equal(claims.expires_us, 1800000900 * INT64_C(1000000));

    token = make(HS256, "{\"user_id\":\"" USER "\",\"project_id\":null,\"exp\":1800000001}", key);
    assert_int_equal(secret_token_verify(secret_of(key), token, &claims), OK);
    assert_false(claims.has_project);
}

static void claims_out_of_bounds_are_refused(void **state)
{
    static const char *const payloads[] = {
        "{\"user_id\":\"" USER "\"}",                                         /* no end */
        "{\"user_id\":\"" USER "\",\"exp\":null}",                            /* no end */
        "{\"user_id\":\"" USER "\",\"exp\":\"1800000100\"}",                  /* not a number */
        "{\"user_id\":\"" USER "\",\"exp\":1800000100.5}",                    /* not whole */
        "{\"user_id\":\"" USER "\",\"exp\":1800000000}",                      /* over */
        "{\"user_id\":\"" USER "\",\"exp\":-1}",                              /* over */
        "{\"user_id\":\"" USER "\",\"exp\":1800000961}",                      /* too far ahead */
        "{\"user_id\":\"" USER "\",\"exp\":9223372036854775807}",             /* too far ahead */
        "{\"user_id\":\"" USER "\",\"exp\":1800000100,\"nbf\":1800000061}",   /* not yet */
        "{\"user_id\":\"" USER "\",\"exp\":1800000100,\"nbf\":\"x\"}",        /* not a number */
        "{\"user_id\":\"" USER "\",\"exp\":1800000100,\"aud\":\"others\"}",   /* for others */
        "{\"user_id\":\"" USER "\",\"exp\":1800000100,\"project_id\":\"x\"}", /* bad scope */
        "{\"user_id\":\"" USER "\",\"exp\":1800000100,\"exp\":1800000200}",   /* two ends */
        "{\"user_id\":\"x\",\"exp\":1800000100}",
        "{\"user_id\":1,\"exp\":1800000100}",
        "{\"exp\":1800000100}",
        "[]",
        "1",
        "",
        "{",
    };

    (void)state;
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
        if (verify(make(HS256, payloads[i], key)) != ERR_UNAUTHORIZED)
            fail_msg("believed: %s", payloads[i]);
    assert_int_equal(verify(make(HS256, "{\"user_id\":\"" USER "\",\"exp\":1800000960}", key)), OK);
    assert_int_equal(verify(make(HS256, "{\"user_id\":\"" USER "\",\"exp\":1800000001,\"nbf\":1800000060}", key)), OK);
}

static void other_algorithms_are_refused(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"none\"}",    "{\"alg\":\"HS512\"}", "{\"alg\":\"RS256\"}", "{\"alg\":\"hs256\"}",
        "{\"alg\":null}",        "{\"typ\":\"JWT\"}",   "\"HS256\"",           "{\"alg\":\"HS256\",\"crit\":[\"x\"]}",
        "{\"alg\":[\"HS256\"]}",
    };
    const char *payload = "{\"user_id\":\"" USER "\",\"exp\":1800000100}";

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (verify(make(headers[i], payload, key)) != ERR_UNAUTHORIZED)
            fail_msg("believed: %s", headers[i]);
}

static void signatures_must_be_exact(void **state)
{
    const char *payload = "{\"user_id\":\"" USER "\",\"exp\":1800000100}";
    char *token = make(HS256, payload, key);
    char copy[1024];
    size_t len = strlen(token);
    size_t dot = (size_t)(strrchr(token, '.') - token);

    (void)state;
    assert_int_equal(verify(token), OK);
    for (size_t i = 0; i < len; i++) { /* any other character, anywhere */
        memcpy(copy, token, len + 1);
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        if (verify(copy) != ERR_UNAUTHORIZED)
            fail_msg("believed with another character at %zu", i);
    }
    memcpy(copy, token, len + 1);
    copy[dot + 43] = (char)(copy[dot + 43] + 1); /* the same bytes: only bits beyond the signature's end differ */
    assert_int_equal(verify(copy), ERR_UNAUTHORIZED);
    for (size_t end = 0; end < len; end++) { /* cut anywhere */
        (void)snprintf(copy, end + 1, "%s", token);
        if (verify(copy) != ERR_UNAUTHORIZED)
            fail_msg("believed when cut at %zu", end);
    }
    (void)snprintf(copy, dot + 2, "%s", token);
    assert_int_equal(verify(copy), ERR_UNAUTHORIZED); /* no signature */
    (void)snprintf(copy, sizeof copy, "%s=", token);
    assert_int_equal(verify(copy), ERR_UNAUTHORIZED); /* padded */
    (void)snprintf(copy, sizeof copy, "%s.x", token);
    assert_int_equal(verify(copy), ERR_UNAUTHORIZED); /* four parts */
    assert_int_equal(verify(make(HS256, payload, "another key of the same kind")), ERR_UNAUTHORIZED);
    assert_int_equal(verify(make(HS256, payload, "")), ERR_UNAUTHORIZED);
}

static void long_tokens_are_refused(void **state)
{
    static char payload[10000];

    (void)state;
    (void)snprintf(payload, sizeof payload, "{\"user_id\":\"" USER "\",\"exp\":1800000100,\"x\":\"%09000d\"}", 0);
    assert_int_equal(verify(make(HS256, payload, key)), ERR_UNAUTHORIZED);
    memset(payload, '.', sizeof payload - 1);
    assert_int_equal(verify(payload), ERR_UNAUTHORIZED);
    assert_int_equal(verify("..."), ERR_UNAUTHORIZED);
    assert_int_equal(verify(""), ERR_UNAUTHORIZED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_tokens_give_their_claims), cmocka_unit_test(claims_out_of_bounds_are_refused),
        cmocka_unit_test(other_algorithms_are_refused),  cmocka_unit_test(signatures_must_be_exact),
        cmocka_unit_test(long_tokens_are_refused),
    };

    platform.realtime_us = fixed_time;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
