/* Tests of password hashes: known results of other programs, refused hashes, and the form of new ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "auth/password_hash.h"
#include "policy/password_policy.h"

#define BCRYPT "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"   /* U*U */
#define BCRYPT_Y "$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK" /* U*U* */
/* from the tests of the reference implementation */
#define ARGON2ID "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
#define ARGON2ID_LANES "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"
#define ARGON2I "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8"
#define ARGON2I_OLD "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY"

static const char *const unknown[] = {
    "",
    "x",
    "password",
    "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
    "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "$2a$0x$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "$2a$05$CCCCCCCCCCCCCCCCCCCCC:E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "$argon2id$",
    "$argon2id$v=19$m=256,t=2,p=1",
    "$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$argon2id$v=19$m=256,t=999999999999999999999,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$argon2id$v=19$m=256,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$argon2id$v=20$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$argon2x$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$f_scrypt$digest$salt$m=14$r=8$s=Bw==",
    "$6$salt$hash",
    "$1$salt$hash",
    "_J9..salthash",
    "*",
};

static void other_programs_hashes(void **state)
{
    static const struct {
        const char *hash, *password;
    } known[] = {{BCRYPT, "U*U"},       {BCRYPT_Y, "U*U*"},       {ARGON2ID, "password"}, {ARGON2ID_LANES, "password"},
                 {ARGON2I, "password"}, {ARGON2I_OLD, "password"}};
    void *arena = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_true(password_hash_known(known[i].hash));
        assert_int_equal(password_verify(arena, known[i].hash, known[i].password), PASSWORD_RIGHT_REHASH);
        assert_int_equal(password_verify(arena, known[i].hash, "differentpassword"), PASSWORD_WRONG);
        assert_int_equal(password_verify(arena, known[i].hash, ""), PASSWORD_WRONG);
    }
    (void)talloc_free(arena);
}

static void unknown_hashes_have_no_password(void **state)
{
    void *arena = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        if (password_hash_known(unknown[i]))
            fail_msg("%s is known", unknown[i]);
        assert_int_equal(password_verify(arena, unknown[i], "password"), PASSWORD_WRONG);
        assert_int_equal(password_verify(arena, unknown[i], ""), PASSWORD_WRONG);
    }
    (void)talloc_free(arena);
}

static void new_hashes(void **state)
{
    char one[PASSWORD_HASH_SIZE], two[PASSWORD_HASH_SIZE];
    char longest[PASSWORD_MAX_BYTES + 2];
    void *arena = talloc_new(NULL);

    (void)state;
    assert_int_equal(password_hash("secret", one), OK);
    assert_int_equal(password_hash("secret", two), OK);
    assert_string_not_equal(one, two);
    assert_int_equal(password_verify(arena, one, "secret"), PASSWORD_RIGHT);
    assert_int_equal(password_verify(arena, one, "Secret"), PASSWORD_WRONG);
    memset(longest, 'x', sizeof longest);
    longest[PASSWORD_MAX_BYTES] = '\0';
    assert_int_equal(password_hash(longest, one), OK);
    assert_int_equal(password_verify(arena, one, longest), PASSWORD_RIGHT);
    longest[PASSWORD_MAX_BYTES] = 'x';
    longest[PASSWORD_MAX_BYTES + 1] = '\0';
    assert_int_equal(password_verify(arena, one, longest), PASSWORD_WRONG);
    (void)talloc_free(arena);
}

static void a_stand_in_is_checked_like_any(void **state)
{
    char hash[PASSWORD_HASH_SIZE];
    void *arena = talloc_new(NULL);

    (void)state;
    password_stand_in(hash);
    assert_true(password_hash_known(hash));
    assert_int_equal(password_verify(arena, hash, ""), PASSWORD_WRONG);
    assert_int_equal(password_verify(arena, hash, "secret"), PASSWORD_WRONG);
    (void)talloc_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_programs_hashes),
        cmocka_unit_test(unknown_hashes_have_no_password),
        cmocka_unit_test(new_hashes),
        cmocka_unit_test(a_stand_in_is_checked_like_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
