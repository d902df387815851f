/* Runs administration requests in transactions, and writes their refusals. */
#include "admin/operation.h"

#include <string.h>
#include <talloc.h>

#include "admin/statements.h"
#include "audit/audit.h"
#include "base/json.h"
#include "base/seal.h"

enum { REFUSAL_MAX = 64 << 20 }; /* a key of the request may be quoted */

struct operation operation_from_options(const struct request *req)
{
    const json_t *options = json_object_get(req->json, "options");
    const char *key = json_member_text(options, "idempotency_key");

    return (struct operation){
        .dry_run = json_bool_read(json_object_get(options, "dry_run"), false),
        .idempotency_key = key && *key ? key : NULL,
    };
}

enum err operation_refuse(struct request *req, const struct refusal *refusal)
{
    struct buffer body = buffer_make(req->arena, REFUSAL_MAX);

    json_open(&body, '{');
    json_key(&body, "detail");
    json_open(&body, '{');
    json_key(&body, "message");
    json_text(&body, refusal->message);
    for (size_t i = 0; i < 3 && refusal->names[i]; i++) {
        json_key(&body, refusal->names[i]);
        json_text(&body, refusal->values[i]);
    }
    if (refusal->account) {
        json_key(&body, "account");
        json_text(&body, refusal->account);
    }
    json_key(&body, "code");
    json_text(&body, refusal->code);
    json_close(&body, '}');
    json_close(&body, '}');
    if (!refusal->message)
        return ERR_MEMORY;
    TRY(reply_buffer(req, refusal->status, &body));
    return ERR_INVALID;
}

enum err operation_refuse_unknown(struct request *req, const char *kind, const char *code, const char *ref,
                                  const char *account)
{
    return operation_refuse(req,
                            &(struct refusal){.status = 404,
                                              .code = code,
                                              .message = talloc_asprintf(req->arena, "%s not found: %s.", kind, ref),
                                              .names = {"ref"},
                                              .values = {ref},
                                              .account = account});
}

enum err operation_refuse_reference(struct request *req, const char *path, const char *reason, const char *account)
{
    return operation_refuse(
        req, &(struct refusal){.status = 400,
                               .code = "invalid_reference",
                               .message = talloc_asprintf(req->arena, "Invalid reference at '%s': %s", path, reason),
                               .names = {"path", "reason"},
                               .values = {path, reason},
                               .account = account});
}

/* Stored answers are encrypted: they may contain API keys, which are shown once. */
static struct sealing sealing_of(const struct request *req, const char *key)
{
    return (struct sealing){.pass = secret_of(req->config->crypt_key),
                            .other = secret_of_optional(req->config->crypt_key_accepted),
                            .purpose = SEAL_IDEMPOTENCY,
                            .label = key};
}

/* The hash that identifies equal requests: method, path and body. */
static const char *hash_of(struct request *req)
{
    char *hex = talloc_array(req->arena, char, 65);
    struct buffer text = buffer_make(req->arena, HTTP_BODY_MAX + HTTP_TARGET_MAX + 100);

    buffer_format(&text, "%s %s\n", method_name(req->method), req->route->path);
    buffer_add(&text, req->body, req->body_len);
    if (!hex || !buffer_string(&text))
        return NULL;
    digest_sha256_hex(text.data, text.len, hex);
    return hex;
}

static enum err answer_again(struct request *req, const char *key, int64_t status, const char *sealed)
{
    struct sealing how = sealing_of(req, key);
    size_t room = strlen(sealed) + 1, len = 0;
    char *body = talloc_size(req->arena, room);

    if (!body)
        return ERR_MEMORY;
    if (!unseal(&how, sealed, body, room - 1, &len))
        return error_set(&req->error, ERR_INTERNAL, "a kept answer cannot be decrypted: AGENTA_CRYPT_KEY has changed");
    body[len] = '\0';
    return reply_json(req, (int)status, body);
}

/* Takes the key for this request. `*again`: the key was used before, and the reply is filled. */
static enum err take_key(struct request *req, const char *key, bool *again)
{
    const char *hash = hash_of(req);
    struct result row;
    enum err err;

    *again = false;
    if (!hash)
        return ERR_MEMORY;
    err = RUN_QUERY(req, ERR_CONFLICT, idempotency_take, param_text(key), param_text(hash));
    if (err != ERR_CONFLICT)
        return err;
    *again = true;
    TRY(DB_RUN(req->db, idempotency_find, &row, param_text(key)));
    if (result_rows(&row) == 0) /* the key has just expired */
        err = ERR_BUSY;
    else if (strcmp(result_text(&row, 0, IDEMPOTENCY_FIND_REQUEST_HASH), hash) != 0)
        err = operation_refuse(req, &(struct refusal){.status = 409,
                                                      .code = "idempotency_key_reused",
                                                      .message = "The idempotency key was used for another request.",
                                                      .names = {"idempotency_key"},
                                                      .values = {key}});
    else
        err = answer_again(req, key, result_int(&row, 0, IDEMPOTENCY_FIND_STATUS),
                           result_text(&row, 0, IDEMPOTENCY_FIND_ANSWER));
    result_clear(&row);
    return err;
}

static enum err keep_answer(struct request *req, const char *key)
{
    struct sealing how = sealing_of(req, key);
    struct buffer sealed = buffer_make(req->arena, 2 * REFUSAL_MAX);

    if (!seal(&how, req->reply.len ? req->reply.body : "", req->reply.len, &sealed) || !buffer_string(&sealed))
        return ERR_MEMORY;
    return DB_RUN(req->db, idempotency_keep, NULL, param_text(key), param_int(req->reply.status),
                  param_text(buffer_string(&sealed)));
}

enum err operation_run(struct request *req, const struct operation *operation,
                       enum err (*work)(struct request *req, void *context), void *context)
{
    const char *key = operation->dry_run ? NULL : operation->idempotency_key;
    bool again = false;

    TRY(db_begin(req->db));
    if (key)
        TRY(take_key(req, key, &again));
    if (again)
        return db_commit(req->db);
    TRY(work(req, context));
    if (operation->dry_run) /* the transaction ends with the request */
        return OK;
    if (key)
        TRY(keep_answer(req, key));
    TRY(db_commit(req->db));
    audit_log(req);
    return OK;
}
