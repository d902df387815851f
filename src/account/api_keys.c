/* The endpoints of API keys. */
#include "account/api_keys.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "account/statements.h"
#include "auth/account_reset.h"
#include "auth/identity.h"
#include "auth/reach.h"
#include "auth/reauthentication.h"
#include "auth/statements.h"
#include "base/json.h"
#include "base/platform.h"
#include "base/secret.h"

static const struct field answer_fields[] = {
    {.name = "prefix", .type = FIELD_STRING, .required = true},
    {.name = "created_at", .type = FIELD_STRING, .required = true},
    {.name = "last_used_at", .type = FIELD_STRING, .nullable = true},
    {.name = "expiration_date", .type = FIELD_STRING, .nullable = true},
    {.name = "restricted", .type = FIELD_BOOL},
};
const struct model api_key_answer = MODEL("ListAPIKeysResponse", answer_fields, NULL);

const struct field api_key_create_parameters[] = {
    {.name = "restricted", .type = FIELD_BOOL, .initial = "false"},
    {0},
};

/* Eight characters of [A-Za-z0-9], each with the same probability. */
static void make_prefix(char prefix[API_KEY_PREFIX_SIZE])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t made = 0;

    while (made < API_KEY_PREFIX_SIZE - 1) {
        unsigned char byte;
        platform.random_bytes(&byte, 1);
        if (byte < 62 * 4)
            prefix[made++] = alphabet[byte % 62];
    }
    prefix[made] = '\0';
}

struct api_key api_key_make(void)
{
    struct api_key key;
    unsigned char random[32];
    char secret[65];
    char digest[65];

    make_prefix(key.prefix);
    platform.random_bytes(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        (void)snprintf(secret + 2 * i, 3, "%02x", random[i]);
    digest_sha256_hex(secret, 64, digest);
    (void)snprintf(key.raw, sizeof key.raw, "%s.%s", key.prefix, secret);
    (void)snprintf(key.hashed, sizeof key.hashed, "%s.%s", key.prefix, digest);
    return key;
}

enum err api_keys_list(struct request *req)
{
    const struct identity *caller = identity_of(req);

    return REPLY_QUERY(req, 200, ERR_INTERNAL, api_key_list, param_uuid(&caller->user_id),
                       param_uuid(&caller->project_id), param_bool(req->config->keys_restricted));
}

/* A key never gets more reach than the key that makes it. */
static bool wants_restriction(struct request *req)
{
    json_t *given = json_string(query_value(req, "restricted"));
    bool wanted = json_bool_read(given, false);

    json_decref(given);
    return wanted || identity_of(req)->restricted;
}

/* Runs in a transaction, with the mail to the owner of the address. */
static enum err create(struct request *req, const struct api_key *key)
{
    const struct identity *caller = identity_of(req);
    struct uuid id = uuid_v7();
    const char *what =
        talloc_asprintf(req->arena, "API key %s was made in your account, from %s.", key->prefix, req->client);

    if (!what)
        return ERR_MEMORY;
    TRY(reauthentication_check(req));
    TRY(account_take_notice(req));
    TRY(db_begin(req->db));
    TRY(RUN_QUERY(req, ERR_UNAUTHORIZED, api_key_create, param_uuid(&id), param_text(key->prefix),
                  param_text(key->hashed), param_uuid(&caller->project_id), param_uuid(&caller->user_id),
                  param_uuid(caller->has_session ? &caller->session : NULL),
                  param_uuid(caller->has_key ? &caller->key : NULL), param_bool(wants_restriction(req)),
                  param_bool(caller->scheme == IDENTITY_SECRET && !caller->has_session && !caller->has_key)));
    TRY(account_notify(req, &caller->user_id, "A new API key", what, KEYS_UNSAID));
    return db_commit(req->db);
}

enum err api_keys_create(struct request *req)
{
    struct buffer body = buffer_make(req->arena, 200);
    struct api_key key = api_key_make();
    enum err err = create(req, &key);

    if (err) /* a project that is deleted at this moment takes the caller's key with it */
        return err == ERR_REFERENCE ? ERR_UNAUTHORIZED : err;
    json_text(&body, key.raw);
    return reply_buffer(req, 200, &body);
}

enum err api_keys_delete(struct request *req)
{
    TRY(RUN_QUERY(req, ERR_KEY_NOT_FOUND, api_key_delete, param_text(path_value(req, "key_prefix")),
                  param_uuid(&identity_of(req)->user_id), param_uuid(reach_project(req))));
    return reply_json(req, 200, "{\"message\":\"API key deleted successfully\"}");
}

static enum err notify_ended(struct request *req, const struct uuid *user, int count)
{
    const char *what = talloc_asprintf(req->arena, "All API keys of your account were deleted, from %s. There %s %d.",
                                       req->client, count == 1 ? "was" : "were", count);

    return what ? account_notify(req, user, "Your API keys were deleted", what, KEYS_UNSAID) : ERR_MEMORY;
}

/* Runs in a transaction: once the account is locked, no key is in the making. */
static enum err delete_all(struct request *req, const struct uuid *user, int *count)
{
    struct result rows;

    TRY(RUN_QUERY(req, ERR_UNAUTHORIZED, account_lock, param_uuid(user)));
    TRY(DB_RUN(req->db, api_keys_of_delete, &rows, param_uuid(user)));
    *count = result_rows(&rows);
    result_clear(&rows);
    return *count > 0 ? notify_ended(req, user, *count) : OK;
}

enum err api_keys_delete_all(struct request *req)
{
    struct buffer body = buffer_make(req->arena, 100);
    int count = 0;

    if (identity_of(req)->scheme != IDENTITY_SESSION)
        return ERR_SESSION_REQUIRED;
    TRY(db_begin(req->db));
    TRY(delete_all(req, &identity_of(req)->user_id, &count));
    TRY(db_commit(req->db));
    JSON_OBJECT(&body, member_int("ended", count));
    return reply_buffer(req, 200, &body);
}
