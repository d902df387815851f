/* Adds mail to the outbox, and reads the fields of a queued mail. */
#include "mail/outbox.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "base/seal.h"
#include "base/secret.h"
#include "mail/statements.h"
#include "mail/transport.h"

enum { FIELDS_MAX = 32 << 10 };
#define WEEK_S (INT64_C(7) * 24 * 3600)

bool mail_enabled(const struct config *config)
{
    return transport_from(config) != NULL;
}

static struct sealing sealing_of(const struct config *config, const char *id)
{
    return (struct sealing){.pass = secret_of(config->crypt_key),
                            .other = secret_of_optional(config->crypt_key_accepted),
                            .purpose = SEAL_OUTBOX,
                            .label = id};
}

void outbox_key_name(const char *crypt_key, char name[OUTBOX_KEY_NAME_SIZE])
{
    static const char purpose[] = "orgd outbox key";
    unsigned char digest[32];

    digest_hmac_sha256(secret_of(crypt_key), purpose, sizeof purpose - 1, digest);
    for (size_t i = 0; i < (OUTBOX_KEY_NAME_SIZE - 1) / 2; i++)
        (void)snprintf(name + 2 * i, 3, "%02x", digest[i]);
}

static void write_fields(struct buffer *out, const struct mail_field *fields, size_t count)
{
    json_open(out, '{');
    for (size_t i = 0; i < count; i++) {
        json_key(out, fields[i].name);
        json_text(out, fields[i].value);
    }
    json_close(out, '}');
}

enum err outbox_add(const struct config *config, struct db *db, const char *recipient, const char *template,
                    const struct mail_field *fields, size_t count, int64_t valid_s)
{
    void *arena = talloc_new(NULL);
    struct buffer plain = buffer_make(arena, FIELDS_MAX), sealed = buffer_make(arena, 2 * FIELDS_MAX);
    struct uuid id = uuid_v7();
    char label[UUID_TEXT_SIZE], key[OUTBOX_KEY_NAME_SIZE];
    struct sealing how = sealing_of(config, uuid_format(&id, label));
    enum err err = ERR_MEMORY;

    outbox_key_name(config->crypt_key, key);
    write_fields(&plain, fields, count);
    if (buffer_string(&plain) && seal(&how, plain.data, plain.len, &sealed) && buffer_string(&sealed))
        err = DB_RUN(db, outbox_insert, NULL, param_uuid(&id), param_text(recipient), param_text(template),
                     param_text(buffer_string(&sealed)), param_int(valid_s ? valid_s : WEEK_S), param_text(key));
    talloc_free(arena);
    return err;
}

json_t *outbox_site(const struct config *config)
{
    const char *scheme = strstr(config->web_url, "://");
    const char *host = scheme ? scheme + 3 : config->web_url;

    return json_stringn(host, strcspn(host, "/"));
}

json_t *outbox_fields(void *arena, const struct config *config, const struct uuid *id, const char *sealed)
{
    char label[UUID_TEXT_SIZE];
    struct sealing how = sealing_of(config, uuid_format(id, label));
    char *plain = talloc_size(arena, FIELDS_MAX);
    json_t *fields = NULL;
    size_t len;

    if (plain && unseal(&how, sealed, plain, FIELDS_MAX, &len))
        fields = json_loadb(plain, len, 0, NULL);
    if (fields)
        (void)json_object_set_new(fields, "site", outbox_site(config));
    return fields;
}
