/* Checks new passwords against the password policy. */
#include "policy/password_policy.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <inttypes.h>
#include <pcre2.h>
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "base/text.h"
#include "policy/common_passwords.h"

/* Limits of matching an expression: enough for a thousand characters, and a bound for expressions that backtrack. */
enum { MATCH_STEPS = 200000, MATCH_DEPTH = 5000, MATCH_KIB = 4096 };

#define SPECIAL "!@#$%^&*()_+-=[]{}|;':\",./<>?"

static pcre2_code *compile(const char *pattern, uint32_t options, int *problem, PCRE2_SIZE *at)
{
    return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP | options, problem, at,
                         NULL);
}

/* Returns 1 for a match, 0 for none, a negative number for an expression that is invalid or exceeded the limits. */
static int run(const pcre2_code *code, const char *text)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *found = pcre2_match_data_create(1, NULL);
    int result = PCRE2_ERROR_NOMEMORY;

    if (limits && found && pcre2_set_match_limit(limits, MATCH_STEPS) == 0 &&
        pcre2_set_depth_limit(limits, MATCH_DEPTH) == 0 && pcre2_set_heap_limit(limits, MATCH_KIB) == 0)
        result = pcre2_match(code, (PCRE2_SPTR)text, strlen(text), 0, 0, found, limits);
    pcre2_match_data_free(found);
    pcre2_match_context_free(limits);
    return result >= 0 ? 1 : result == PCRE2_ERROR_NOMATCH ? 0 : result;
}

static int matches(const char *pattern, uint32_t options, const char *text)
{
    PCRE2_SIZE at;
    int problem;
    pcre2_code *code = compile(pattern, options, &problem, &at);
    int result = code ? run(code, text) : PCRE2_ERROR_NOMEMORY;

    pcre2_code_free(code);
    return result;
}

static bool matches_whole(const char *pattern, const char *text)
{
    int result = matches(pattern, PCRE2_ANCHORED | PCRE2_ENDANCHORED, text);

    if (result < 0)
        log_message(LOG_WARNING, "SUPERTOKENS_PASSWORD_REGEX gave up on a password (PCRE2 error %d): it is refused",
                    result);
    return result > 0;
}

static const char *length_problem(void *arena, const struct config *config, const char *password)
{
    int64_t count = (int64_t)text_count(password);

    if (count < config->password_min_length)
        return talloc_asprintf(arena, "Password must be at least %" PRId64 " characters long.",
                               config->password_min_length);
    if (config->password_max_length > 0 && count > config->password_max_length)
        return talloc_asprintf(arena, "Password must be at most %" PRId64 " characters long.",
                               config->password_max_length);
    return NULL;
}

/* The composition rule that a password breaks; NULL: none. */
static const char *composition_problem(const char *password)
{
    if (matches("\\p{Lu}", 0, password) <= 0)
        return "Password must contain at least one uppercase letter.";
    if (matches("\\p{Nd}", 0, password) <= 0)
        return "Password must contain at least one digit.";
    if (!strpbrk(password, SPECIAL))
        return "Password must contain at least one special character (!@#$%^&* etc.).";
    return NULL;
}

const char *password_problem(void *arena, const struct config *config, const char *password)
{
    const char *problem = NULL;

    if (strlen(password) > PASSWORD_MAX_BYTES)
        return talloc_asprintf(arena, "Password must be at most %d bytes long.", PASSWORD_MAX_BYTES);
    if (strcmp(config->password_policy, "none") == 0 && !config->password_regex)
        return NULL;
    if (config->password_regex)
        problem =
            matches_whole(config->password_regex, password) ? NULL : "Password does not meet the required format.";
    else
        problem = length_problem(arena, config, password);
    if (!problem && !config->password_regex && strcmp(config->password_policy, "strong") == 0)
        problem = composition_problem(password);
    if (!problem && strcmp(config->password_policy, "none") != 0 && password_is_common(password))
        problem = "Password is one of the most common ones, which are tried first. Please choose another one.";
    return problem;
}

enum err password_policy_check(const struct config *config, struct error *error)
{
    PCRE2_UCHAR message[200] = "";
    PCRE2_SIZE at = 0;
    int problem = 0;
    pcre2_code *code = config->password_regex ? compile(config->password_regex, 0, &problem, &at) : NULL;

    if (config->password_regex && !code) {
        (void)pcre2_get_error_message(problem, message, sizeof message);
        return error_set(error, ERR_USAGE,
                         "SUPERTOKENS_PASSWORD_REGEX is not a regular expression: %s, at character %zu",
                         (const char *)message, (size_t)at + 1);
    }
    pcre2_code_free(code);
    if (config->password_max_length > 0 && config->password_max_length < config->password_min_length)
        return error_set(error, ERR_USAGE,
                         "SUPERTOKENS_PASSWORD_MAX_LENGTH is below SUPERTOKENS_PASSWORD_MIN_LENGTH, so that no "
                         "password could be taken");
    return OK;
}
