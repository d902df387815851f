/* Finds, adds and verifies logins. */
#include "signin/logins.h"

#include <string.h>
#include <talloc.h>

#include "base/secret.h"
#include "signin/statements.h"

static bool read_login(struct result *row, struct login *login)
{
    login->joined_ms = result_int(row, 0, LOGIN_INSERT_JOINED_MS);
    return result_uuid(row, 0, LOGIN_INSERT_ID, &login->id);
}

enum err login_add(struct request *req, const struct login_key *key, const char *password_hash, struct login *login)
{
    struct uuid id = uuid_v4();
    struct result row;
    bool added;

    TRY(DB_RUN(req->db, login_insert, &row, param_uuid(&id), param_text(key->method), param_text(key->email),
               param_text(key->provider), param_text(key->subject), param_text(password_hash)));
    added = result_rows(&row) > 0 && read_login(&row, login);
    result_clear(&row);
    return added ? OK : ERR_CONFLICT;
}

static enum err find(struct request *req, const struct login_key *key, struct login *login)
{
    struct result row;
    bool found;

    TRY(key->provider ? DB_RUN(req->db, login_of_subject, &row, param_text(key->provider), param_text(key->subject))
                      : DB_RUN(req->db, login_of_email, &row, param_text(key->method), param_text(key->email)));
    found = result_rows(&row) > 0 && read_login(&row, login);
    result_clear(&row);
    return found ? OK : ERR_AGAIN;
}

enum err login_ensure(struct request *req, const struct login_key *key, struct login *login, bool *added)
{
    enum err err = find(req, key, login);

    *added = false;
    if (err != ERR_AGAIN)
        return err;
    err = login_add(req, key, NULL, login);
    if (err == ERR_CONFLICT) { /* another request was faster, and has committed */
        err = find(req, key, login);
        return err == ERR_AGAIN ? ERR_BUSY : err;
    }
    *added = !err;
    return err;
}

/* Where to look for the dummy hash of an address: random, but always the same place for one address. */
static struct uuid place_of(struct request *req, const char *email)
{
    unsigned char digest[32];
    const char *text = talloc_asprintf(req->arena, "orgd stand-in %s", email);
    struct uuid place = {0};

    if (text) {
        digest_hmac_sha256(secret_of(req->config->auth_key), text, strlen(text), digest);
        memcpy(place.bytes, digest, sizeof place.bytes);
    }
    return place;
}

enum err login_by_password(struct request *req, const char *email, struct password_login *login)
{
    struct uuid place = place_of(req, email);
    char *nobody = talloc_array(req->arena, char, PASSWORD_HASH_SIZE);
    struct result row;

    if (!nobody)
        return ERR_MEMORY;
    TRY(DB_RUN(req->db, login_with_password, &row, param_text(email), param_uuid(&place)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    password_stand_in(nobody);
    *login = (struct password_login){.hash = nobody};
    if (result_rows(&row) == 0)
        return OK;
    login->hash = result_text(&row, 0, LOGIN_WITH_PASSWORD_PASSWORD_HASH);
    login->found = read_login(&row, &login->login) && result_bool(&row, 0, LOGIN_WITH_PASSWORD_FOUND);
    return OK;
}

enum err login_check(struct request *req, const struct password_login *login, const char *password, bool *right)
{
    enum password_verdict verdict = password_verify(req->arena, login->hash, password);
    char better[PASSWORD_HASH_SIZE];
    bool rehash = verdict == PASSWORD_RIGHT_REHASH;
    enum err err;

    *right = login->found && verdict != PASSWORD_WRONG;
    if (!*right)
        return OK;
    if (rehash)
        TRY(password_hash(password, better));
    TRY(db_begin(req->db));
    if (rehash)
        err = RUN_QUERY(req, ERR_AGAIN, login_rehash, param_uuid(&login->login.id), param_text(login->hash),
                        param_text(better));
    else
        err = RUN_QUERY(req, ERR_AGAIN, login_lock, param_uuid(&login->login.id), param_text(login->hash));
    if (err != ERR_AGAIN)
        return err;
    db_rollback(req->db);
    *right = false;
    return OK;
}
