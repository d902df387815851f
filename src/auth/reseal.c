/* Reads data encrypted with the previous key, and encrypts it with the current key. */
#include "auth/reseal.h"

#include <openssl/crypto.h>
#include <string.h>
#include <talloc.h>

#include "auth/statements.h"
#include "base/seal.h"

enum { SEALED_MAX = 256 << 20 };

/* Handles one text: does nothing if the current key opens it. */
static enum err reseal_text_of(struct db *db, void *arena, struct sealing how, const char *text,
                               struct reseal_report *report)
{
    struct sealing only = {.pass = how.pass, .purpose = how.purpose, .label = how.label};
    struct buffer sealed = buffer_make(arena, SEALED_MAX);
    size_t room = strlen(text) + 1, len = 0;
    unsigned char *plain = talloc_size(arena, room);
    enum err err = OK;

    if (!plain)
        return ERR_MEMORY;
    if (unseal(&only, text, plain, room, &len)) {
        err = OK;
    } else if (!unseal(&how, text, plain, room, &len)) {
        report->closed++;
    } else if (!seal(&how, plain, len, &sealed) || !buffer_string(&sealed)) {
        err = ERR_MEMORY;
    } else {
        report->done++;
        err = DB_RUN(db, reseal_write, NULL, param_text(how.purpose), param_text(how.label), param_text(text),
                     param_text(buffer_string(&sealed)));
    }
    OPENSSL_cleanse(plain, room);
    return err;
}

static enum err reseal_one(struct db *db, void *arena, struct sealing how, struct reseal_report *report)
{
    void *scratch = talloc_new(arena);
    struct result row;
    enum err err = DB_RUN(db, reseal_text, &row, param_text(how.purpose), param_text(how.label));

    if (!err) {
        if (result_rows(&row) == 1)
            err = reseal_text_of(db, scratch, how, result_text(&row, 0, RESEAL_TEXT_PRIVATE_KEY), report);
        result_clear(&row);
    }
    talloc_free(scratch);
    return err;
}

enum err reseal(struct db *db, void *arena, const struct config *config, struct reseal_report *report)
{
    struct sealing how = {.pass = secret_of(config->crypt_key),
                          .other = secret_of_optional(config->crypt_key_accepted)};
    struct result rows;
    enum err err = db_begin(db);

    *report = (struct reseal_report){0};
    if (err)
        return err;
    err = DB_RUN(db, reseal_list, &rows);
    if (!err) {
        for (int row = 0; !err && row < result_rows(&rows); row++) {
            how.purpose = result_text(&rows, row, RESEAL_LIST_PURPOSE);
            how.label = result_text(&rows, row, RESEAL_LIST_KID);
            err = reseal_one(db, arena, how, report);
        }
        result_clear(&rows);
    }
    if (!err)
        return db_commit(db);
    db_rollback(db);
    return err;
}

enum err reseal_agenta_secrets(struct db *db, int64_t *count)
{
    struct result row;
    bool exists, may;
    enum err err = DB_RUN(db, reseal_may_ask, &row);

    *count = 0;
    if (err)
        return err;
    exists = result_bool(&row, 0, RESEAL_MAY_ASK_EXISTS);
    may = result_bool(&row, 0, RESEAL_MAY_ASK_MAY);
    result_clear(&row);
    if (!exists)
        return OK;
    *count = -1;
    if (!may)
        return OK;
    TRY(DB_RUN(db, reseal_secrets, &row));
    *count = result_int(&row, 0, RESEAL_SECRETS_SECRETS);
    result_clear(&row);
    return OK;
}

enum err reseal_retire_signing_keys(struct db *db)
{
    return DB_RUN(db, signing_keys_retire, NULL);
}
