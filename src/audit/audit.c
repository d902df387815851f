/* Sets the acting caller in a setting of the connection, for the audit triggers. */
#include "audit/audit.h"

#include <string.h>
#include <talloc.h>

#include "audit/statements.h"
#include "auth/identity.h"
#include "base/json.h"
#include "base/log.h"
#include "base/secret.h"

enum { ANNOUNCEMENT_MAX = 64 << 10, FINGERPRINT_DIGITS = 8, REASON_MAX = 1000 };

/* A fingerprint that distinguishes administration keys and reveals nothing about them. */
static const char *fingerprint(void *arena, const struct config *config)
{
    char hex[65];

    digest_sha256_hex(config->admin_key, strlen(config->admin_key), hex);
    return talloc_strndup(arena, hex, FINGERPRINT_DIGITS);
}

const char *audit_actor(const struct request *req, char *id, const char **actor_id)
{
    const struct identity *identity = req->identity;
    static const char *const names[] = {[IDENTITY_ADMIN] = "admin",
                                        [IDENTITY_KEY] = "key",
                                        [IDENTITY_SECRET] = "token",
                                        [IDENTITY_SESSION] = "user",
                                        [IDENTITY_SERVICE] = "anonymous"};

    *actor_id = NULL;
    if (!identity)
        return "anonymous";
    *actor_id =
        identity->scheme == IDENTITY_ADMIN ? fingerprint(req->arena, req->config) : uuid_format(&identity->user_id, id);
    return names[identity->scheme];
}

static void member(struct buffer *out, const char *name, const char *text)
{
    if (!text)
        return;
    json_key(out, name);
    json_text(out, text);
}

static const char *reason_of(const json_t *options)
{
    return json_string_value(json_object_get(options, "reason"));
}

/* The distinct reasons of the accounts of a batch, joined; NULL: the accounts have none. */
static const char *reasons_of_accounts(const struct request *req)
{
    struct buffer all = buffer_make(req->arena, REASON_MAX + HTTP_BODY_MAX);
    json_t *seen = json_object();
    const char *key, *reason;
    json_t *entry;

    json_object_foreach(json_object_get(req->json, "accounts"), key, entry) {
        reason = reason_of(json_object_get(entry, "options"));
        if (!reason || !*reason || all.len > REASON_MAX || json_object_get(seen, reason))
            continue;
        (void)json_object_set_new(seen, reason, json_true());
        buffer_format(&all, "%s%s", all.len > 0 ? "; " : "", reason);
    }
    json_decref(seen);
    return all.len > 0 ? buffer_string(&all) : NULL;
}

const char *audit_reason(const struct request *req)
{
    const char *reason = reasons_of_accounts(req);
    size_t len;

    if (!reason)
        reason = reason_of(json_object_get(req->json, "options"));
    if (!reason)
        reason = reason_of(req->json);
    if (!reason || !*reason)
        return NULL;
    if (strlen(reason) <= REASON_MAX) /* it is stored with each changed row */
        return reason;
    for (len = REASON_MAX; ((unsigned char)reason[len] & 0xc0) == 0x80; len--) /* do not cut within a character */
        ;
    return talloc_strndup(req->arena, reason, len);
}

static enum err announce(struct db *db, const struct buffer *said)
{
    return buffer_string(said) ? DB_RUN(db, audit_say, NULL, param_text(buffer_string(said))) : ERR_MEMORY;
}

enum err audit_announce(struct request *req)
{
    struct buffer said = buffer_make(req->arena, ANNOUNCEMENT_MAX);
    char id[UUID_TEXT_SIZE];
    const char *actor_id;
    const char *actor = audit_actor(req, id, &actor_id);

    json_open(&said, '{');
    member(&said, "actor", actor);
    member(&said, "actor_id", actor_id);
    member(&said, "operation", req->route->operation_id);
    member(&said, "reason", audit_reason(req));
    member(&said, "request_id", req->id);
    member(&said, "address", req->client);
    json_close(&said, '}');
    return announce(req->db, &said);
}

enum err audit_announce_command(struct db *db, const char *operation)
{
    void *arena = talloc_new(NULL);
    struct buffer said = buffer_make(arena, ANNOUNCEMENT_MAX);
    enum err err;

    json_open(&said, '{');
    member(&said, "actor", "command");
    member(&said, "operation", operation);
    json_close(&said, '}');
    err = announce(db, &said);
    talloc_free(arena);
    return err;
}

void audit_log(const struct request *req)
{
    const char *reason = audit_reason(req);
    struct log_field fields[5];
    size_t count = 0;

    if (!req->identity) /* a command has set it already */
        return;
    fields[count++] = (struct log_field){.key = "request_id", .text = req->id};
    fields[count++] = (struct log_field){.key = "operation", .text = req->route->operation_id};
    fields[count++] = (struct log_field){.key = "admin_key", .text = fingerprint(req->arena, req->config)};
    if (reason)
        fields[count++] = (struct log_field){.key = "reason", .text = reason};
    fields[count++] = (struct log_field){.key = "status", .number = req->reply.status};
    log_event(LOG_INFO, "administration", fields, count);
}
