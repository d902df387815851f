/* Tests of the data from providers: ID tokens, profiles, and allowed addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <talloc.h>

#include "base/base64.h"
#include "outbound/fetch.h"
#include "signin/id_token.h"
#include "signin/social_profile.h"

enum { NOW = 1800000000 };

static const struct id_token_wanted wanted = {.issuer = "https://id.acme.io", .client_id = "us", .now = NOW};

/* Keys of the test's own issuer, created once. */
static EVP_PKEY *rsa, *small, *ec;
static json_t *keys;
static char *pem;

/* ---- tokens ---- */

static void write_text(struct buffer *out, const char *text)
{
    base64_write(out, BASE64_URL, text, strlen(text));
}

static void write_integer(void *arena, json_t *jwk, const char *name, EVP_PKEY *key, const char *param)
{
    unsigned char bytes[512];
    struct buffer text = buffer_make(arena, 2048);
    BIGNUM *number = NULL;
    int len;

    assert_int_equal(EVP_PKEY_get_bn_param(key, param, &number), 1);
    len = strcmp(name, "x") == 0 || strcmp(name, "y") == 0 ? BN_bn2binpad(number, bytes, 32) : BN_bn2bin(number, bytes);
    base64_write(&text, BASE64_URL, bytes, (size_t)len);
    json_object_set_new(jwk, name, json_string(buffer_string(&text)));
    BN_free(number);
}

static json_t *rsa_jwk(void *arena, EVP_PKEY *key, const char *id)
{
    json_t *jwk = json_pack("{s:s,s:s,s:s,s:s}", "kty", "RSA", "kid", id, "use", "sig", "alg", "RS256");

    write_integer(arena, jwk, "n", key, OSSL_PKEY_PARAM_RSA_N);
    write_integer(arena, jwk, "e", key, OSSL_PKEY_PARAM_RSA_E);
    return jwk;
}

static int make_keys(void **state)
{
    json_t *curve = json_pack("{s:s,s:s,s:s}", "kty", "EC", "kid", "e", "crv", "P-256");
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    long len;

    *state = talloc_new(NULL);
    rsa = EVP_RSA_gen(2048);
    small = EVP_RSA_gen(1024);
    ec = EVP_EC_gen("P-256");
    write_integer(*state, curve, "x", ec, OSSL_PKEY_PARAM_EC_PUB_X);
    write_integer(*state, curve, "y", ec, OSSL_PKEY_PARAM_EC_PUB_Y);
    keys = json_pack("{s:[o,o,o,{s:s,s:s}]}", "keys", rsa_jwk(*state, rsa, "r"), rsa_jwk(*state, small, "s"), curve,
                     "kty", "RSA", "kid", "broken");
    assert_int_equal(PEM_write_bio_PrivateKey(bio, ec, NULL, NULL, 0, NULL, NULL), 1);
    len = BIO_get_mem_data(bio, &data);
    pem = talloc_strndup(*state, data, (size_t)len);
    BIO_free(bio);
    return 0;
}

static int free_keys(void **state)
{
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(small);
    EVP_PKEY_free(ec);
    json_decref(keys);
    return talloc_free(*state);
}

static const char *make(void *arena, EVP_PKEY *key, const char *header, const char *payload)
{
    struct buffer token = buffer_make(arena, 64 << 10);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[512];
    size_t len = sizeof signature;

    write_text(&token, header);
    buffer_char(&token, '.');
    write_text(&token, payload);
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &len, (unsigned char *)token.data, token.len), 1);
    EVP_MD_CTX_free(context);
    buffer_char(&token, '.');
    base64_write(&token, BASE64_URL, signature, len);
    return buffer_string(&token);
}

static enum err verify(const char *token)
{
    struct error error = {0};
    json_t *claims = NULL;
    enum err code = id_token_verify(token, keys, &wanted, &claims, &error);

    assert_true(code == OK || error.cause[0]);
    assert_true((code == OK) == (claims != NULL));
    json_decref(claims);
    return code;
}

#define RS "{\"alg\":\"RS256\",\"kid\":\"r\"}"
#define CLAIMS "\"iss\":\"https://id.acme.io\",\"sub\":\"7\",\"exp\":1800000060,\"iat\":1799999999"
#define GOOD "{" CLAIMS ",\"aud\":\"us\"}"

static void a_good_token_is_believed(void **state)
{
    assert_int_equal(verify(make(*state, rsa, RS, GOOD)), OK);
    assert_int_equal(verify(make(*state, rsa, "{\"alg\":\"RS256\"}", GOOD)), OK);
    assert_int_equal(verify(make(*state, rsa, RS, "{" CLAIMS ",\"aud\":[\"them\",\"us\"],\"azp\":\"us\"}")), OK);
    assert_string_equal(id_token_key_id(*state, make(*state, rsa, RS, GOOD)), "r");
}

static void claims_are_checked(void **state)
{
    static const char *const wrong[] = {
        "{\"iss\":\"https://id.acme.io.evil.io\",\"sub\":\"7\",\"exp\":1800000060,\"iat\":1799999999,\"aud\":\"us\"}",
        "{\"iss\":\"https://id.acme.io\",\"sub\":\"7\",\"exp\":1799999940,\"iat\":1799999000,\"aud\":\"us\"}",
        "{\"iss\":\"https://id.acme.io\",\"sub\":\"7\",\"iat\":1799999000,\"aud\":\"us\"}",
        "{\"iss\":\"https://id.acme.io\",\"sub\":\"7\",\"exp\":\"1800000060\",\"iat\":1799999000,\"aud\":\"us\"}",
        "{\"iss\":\"https://id.acme.io\",\"sub\":\"7\",\"exp\":1800000060,\"iat\":1800000061,\"aud\":\"us\"}",
        "{\"iss\":\"https://id.acme.io\",\"sub\":\"\",\"exp\":1800000060,\"iat\":1799999999,\"aud\":\"us\"}",
        "{\"iss\":\"https://id.acme.io\",\"exp\":1800000060,\"iat\":1799999999,\"aud\":\"us\"}",
        "{" CLAIMS "}",
        "{" CLAIMS ",\"aud\":\"them\"}",
        "{" CLAIMS ",\"aud\":[\"them\",\"us\"]}",
        "{" CLAIMS ",\"aud\":\"us\",\"azp\":\"them\"}",
        "{" CLAIMS ",\"aud\":\"us\",\"aud\":\"them\"}",
        "[]",
        "not JSON",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(verify(make(*state, rsa, RS, wrong[i])), ERR_UNAUTHORIZED);
}

static void only_the_issuers_signatures_count(void **state)
{
    const char *good = make(*state, rsa, RS, GOOD);
    EVP_PKEY *stranger = EVP_RSA_gen(2048);
    char *changed;

    assert_int_equal(verify(make(*state, stranger, RS, GOOD)), ERR_UNAUTHORIZED);
    assert_int_equal(verify(make(*state, stranger, "{\"alg\":\"RS256\",\"kid\":\"new\"}", GOOD)), ERR_NOT_FOUND);
    assert_int_equal(verify(make(*state, small, "{\"alg\":\"RS256\",\"kid\":\"s\"}", GOOD)), ERR_UNAUTHORIZED);
    assert_int_equal(verify(make(*state, rsa, "{\"alg\":\"RS256\",\"kid\":\"broken\"}", GOOD)), ERR_UNAUTHORIZED);
    assert_int_equal(verify(make(*state, rsa, "{\"alg\":\"none\"}", GOOD)), ERR_UNAUTHORIZED);
    assert_int_equal(verify(make(*state, rsa, "{\"alg\":\"HS256\",\"kid\":\"r\"}", GOOD)), ERR_UNAUTHORIZED);
    assert_int_equal(verify(make(*state, rsa, "{\"alg\":\"ES256\",\"kid\":\"e\"}", GOOD)), ERR_UNAUTHORIZED);
    assert_int_equal(verify(make(*state, rsa, "{\"alg\":\"RS256\",\"crit\":[\"b64\"]}", GOOD)), ERR_UNAUTHORIZED);
    for (size_t i = 0; i < strlen(good); i += 7) {
        changed = talloc_strdup(*state, good);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_not_equal(verify(changed), OK);
        changed[i] = '\0';
        assert_int_not_equal(verify(changed), OK);
    }
    EVP_PKEY_free(stranger);
}

static void es256_is_signed_and_verified(void **state)
{
    json_t *claims = json_loads(GOOD, 0, NULL);
    const char *token = es256_token_sign(*state, pem, "e", claims);
    char *one_line = talloc_strdup(*state, "");

    assert_non_null(token);
    assert_int_equal(verify(token), OK);
    for (const char *at = pem; *at; at++)
        one_line = *at == '\n' ? talloc_strdup_append(one_line, "\\n") : talloc_strndup_append(one_line, at, 1);
    assert_int_equal(verify(es256_token_sign(*state, one_line, "e", claims)), OK);
    assert_null(es256_token_sign(*state, "no key", "e", claims));
    json_decref(claims);
}

/* ---- profiles ---- */

static const struct provider *provider_of(const char *id)
{
    const struct provider *provider = providers;

    while (strcmp(provider->id, id) != 0)
        provider++;
    return provider;
}

static void read_profile(void *arena, const char *id, const char *user, const char *addresses,
                         struct social_profile *profile)
{
    json_t *object = json_loads(user, 0, NULL), *list = addresses ? json_loads(addresses, 0, NULL) : NULL;

    social_profile_read(arena, provider_of(id), object, list, profile);
    json_decref(object);
    json_decref(list);
}

static void profiles_are_read_as_each_provider_writes_them(void **state)
{
    static const struct {
        const char *provider, *user, *addresses, *subject, *email;
        bool disputed, verified;
    } cases[] = {
        {"github", "{\"id\":42,\"email\":\"public@acme.io\"}",
         "[{\"email\":\"old@acme.io\",\"primary\":false,\"verified\":true},"
         "{\"email\":\"ann@acme.io\",\"primary\":true,\"verified\":true}]",
         "42", "ann@acme.io", false, true},
        {"github", "{\"id\":42}", "[{\"email\":\"ann@acme.io\",\"primary\":true,\"verified\":false}]", "42",
         "ann@acme.io", true},
        {"github", "{\"id\":42,\"email\":\"public@acme.io\"}", "[]", "42", NULL, false},
        {"bitbucket", "{\"uuid\":\"{7}\"}",
         "{\"values\":[{\"email\":\"ann@acme.io\",\"is_primary\":true,\"is_confirmed\":true}]}", "{7}", "ann@acme.io",
         false, true},
        {"twitter", "{\"data\":{\"id\":\"9\",\"name\":\"Ann\"}}", NULL, "9", "9.twitter@stfakeemail.supertokens.com",
         false, true},
        {"discord", "{\"id\":\"5\",\"email\":\"ann@acme.io\",\"verified\":false}", NULL, "5", "ann@acme.io", true},
        {"facebook", "{\"id\":\"5\"}", NULL, "5", NULL, false},
        {"linkedin", "{\"sub\":\"x\",\"email\":\"ann@acme.io\",\"email_verified\":true}", NULL, "x", "ann@acme.io",
         false, true},
        {"linkedin", "{\"sub\":\"x\",\"email\":\"ann@acme.io\"}", NULL, "x", "ann@acme.io", false, false},
        {"linkedin", "{\"sub\":\"x\",\"email\":\"ann@acme.io\",\"email_verified\":1}", NULL, "x", "ann@acme.io", false,
         false},
        {"facebook", "{\"id\":\"5\",\"email\":\"ann@acme.io\"}", NULL, "5", "ann@acme.io", false, false},
        {"boxy-saml", "{\"id\":\"5\",\"email\":\"ann@acme.io\"}", NULL, "5", "ann@acme.io", false, true},
        {"boxy-saml", "{\"id\":\"5\",\"email\":\"ann@acme.io\",\"email_verified\":false}", NULL, "5", "ann@acme.io",
         true, false},
        {"boxy-saml", "{\"id\":{\"not\":\"text\"},\"email\":7}", NULL, NULL, NULL, false},
        {"twitter", "{\"data\":[]}", NULL, NULL, NULL, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct social_profile profile;

        read_profile(*state, cases[i].provider, cases[i].user, cases[i].addresses, &profile);
        assert_int_equal(profile.email_disputed, cases[i].disputed);
        assert_int_equal(profile.email_verified, cases[i].verified);
        if (cases[i].subject)
            assert_string_equal(profile.subject, cases[i].subject);
        else
            assert_null(profile.subject);
        if (cases[i].email)
            assert_string_equal(profile.email, cases[i].email);
        else
            assert_null(profile.email);
    }
}

static void a_missing_email_verified_claim_is_no_proof(void **state)
{
    static const struct {
        const char *provider, *claims;
        bool disputed, verified;
    } cases[] = {
        {"google", "{\"sub\":\"1\",\"email\":\"ann@acme.io\",\"email_verified\":true}", false, true},
        {"google", "{\"sub\":\"1\",\"email\":\"ann@acme.io\",\"email_verified\":false}", true, false},
        {"oidc", "{\"sub\":\"1\",\"email\":\"ann@acme.io\"}", false, false},
        {"gitlab", "{\"sub\":\"1\",\"email\":\"ann@acme.io\",\"email_verified\":null}", false, false},
        {"apple", "{\"sub\":\"1\",\"email\":\"ann@acme.io\",\"email_verified\":\"true\"}", false, true},
        {"apple", "{\"sub\":\"1\",\"email\":\"ann@acme.io\",\"email_verified\":\"false\"}", true, false},
        {"azure-ad", "{\"sub\":\"1\",\"email\":\"ann@acme.io\"}", false, true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *claims = json_loads(cases[i].claims, 0, NULL);
        struct social_profile profile;

        social_claims_read(*state, provider_of(cases[i].provider), claims, claims, &profile);
        json_decref(claims);
        assert_string_equal(profile.email, "ann@acme.io");
        assert_int_equal(profile.email_disputed, cases[i].disputed);
        assert_int_equal(profile.email_verified, cases[i].verified);
    }
}

/* ---- addresses ---- */

static void only_the_public_internet_is_public(void **state)
{
    static const struct {
        const char *address;
        bool is_public;
    } cases[] = {
        {"1.1.1.1", true},
        {"93.184.216.34", true},
        {"100.63.255.255", true},
        {"172.15.0.1", true},
        {"172.32.0.1", true},
        {"192.167.0.1", true},
        {"0.0.0.0", false},
        {"10.1.2.3", false},
        {"100.64.0.1", false},
        {"127.0.0.1", false},
        {"127.255.0.9", false},
        {"169.254.169.254", false},
        {"172.16.0.1", false},
        {"172.31.255.255", false},
        {"192.168.1.1", false},
        {"198.19.0.1", false},
        {"224.0.0.1", false},
        {"255.255.255.255", false},
        {"2606:4700::1111", true},
        {"::1", false},
        {"::", false},
        {"fe80::1", false},
        {"fd00::1", false},
        {"ff02::1", false},
        {"::ffff:10.0.0.1", false},
        {"::ffff:1.1.1.1", true},
        {"64:ff9b::a00:1", false},
        {"2002:a00:1::", false},
        {"2001::1", false},
        {"2001:db8::1", false},
        {"::7f00:1", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sockaddr_storage address = {0};
        struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address;
        bool six = strchr(cases[i].address, ':') != NULL;

        address.ss_family = six ? AF_INET6 : AF_INET;
        assert_int_equal(inet_pton(address.ss_family, cases[i].address, six ? (void *)&v6->sin6_addr : &v4->sin_addr),
                         1);
        if (fetch_address_is_public((struct sockaddr *)&address) != cases[i].is_public)
            fail_msg("%s", cases[i].address);
    }
}

static void origins_are_scheme_host_and_port(void **state)
{
    (void)state;
    assert_true(fetch_same_origin("https://a.io", "https://A.io:443/x?y"));
    assert_true(fetch_same_origin("http://a.io:80/", "http://a.io"));
    assert_false(fetch_same_origin("https://a.io", "http://a.io"));
    assert_false(fetch_same_origin("https://a.io", "https://a.io:8443"));
    assert_false(fetch_same_origin("https://a.io", "https://a.io.evil.io"));
    assert_false(fetch_same_origin("https://a.io", "https://a.io@evil.io"));
    assert_false(fetch_same_origin("https://a.io", "//a.io/x"));
    assert_false(fetch_same_origin("https://a.io", "javascript:alert(1)"));
    assert_false(fetch_same_origin("https://a.io", "https://evil.io\\@a.io"));
    assert_false(fetch_same_origin("https://a.io", ""));
}

static void a_header_cannot_begin_another(void **state)
{
    struct fetch fetch = {.url = "https://a.invalid/", .headers = {"Authorization: Bearer x\r\nHost: b"}};
    struct fetched fetched;
    struct error error = {0};

    assert_int_equal(fetch_run(*state, &fetch, &fetched, &error), ERR_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_token_is_believed),
        cmocka_unit_test(claims_are_checked),
        cmocka_unit_test(only_the_issuers_signatures_count),
        cmocka_unit_test(es256_is_signed_and_verified),
        cmocka_unit_test(profiles_are_read_as_each_provider_writes_them),
        cmocka_unit_test(a_missing_email_verified_claim_is_no_proof),
        cmocka_unit_test(only_the_public_internet_is_public),
        cmocka_unit_test(origins_are_scheme_host_and_port),
        cmocka_unit_test(a_header_cannot_begin_another),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
