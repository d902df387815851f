/* The endpoints of sign-in with a mailed code. */
#include "signin/codes.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "audit/events.h"
#include "base/base64.h"
#include "base/email.h"
#include "base/json.h"
#include "base/platform.h"
#include "base/secret.h"
#include "mail/outbox.h"
#include "signin/account.h"
#include "signin/attempts.h"
#include "signin/frontend_api.h"
#include "signin/logins.h"
#include "signin/statements.h"

enum { DEVICE_BYTES = 32, ANSWER_MAX = 4096, MINUTE_S = 60 };

/* Two texts identify a device. The second is the digest of the first, and its name in the database. */
struct device {
    const char *id, *session; /* base64 */
    char hash[65];            /* hex */
};

static enum err deny(struct request *req, const char *email)
{
    audit_sign_in_failed(req, "access rule", email, NULL);
    return fdi_status_text(req, "SIGN_IN_UP_NOT_ALLOWED", "reason", "Access Denied.");
}

static const char *base64_of(struct request *req, enum base64 alphabet, const void *data, size_t len)
{
    struct buffer text = buffer_make(req->arena, 100);

    base64_write(&text, alphabet, data, len);
    return buffer_string(&text);
}

static bool make_device(struct request *req, struct device *device)
{
    unsigned char secret[DEVICE_BYTES], digest[32];

    platform.random_bytes(secret, sizeof secret);
    device->id = base64_of(req, BASE64, secret, sizeof secret);
    if (!device->id)
        return false;
    digest_sha256(device->id, strlen(device->id), digest);
    digest_sha256_hex(device->id, strlen(device->id), device->hash);
    device->session = base64_of(req, BASE64_URL, digest, sizeof digest);
    return device->session != NULL;
}

/* Whether the two texts of a request belong together; then `hash` is the name of the device. */
static bool read_device(struct request *req, const char *id, const char *session, char hash[65])
{
    unsigned char digest[32];
    const char *right;

    digest_sha256(id, strlen(id), digest);
    digest_sha256_hex(id, strlen(id), hash);
    right = base64_of(req, BASE64_URL, digest, sizeof digest);
    return right && secret_equal(secret_of(right), secret_of(session));
}

/* Every code has the same probability. */
static void make_code(char code[CODE_DIGITS + 1])
{
    uint32_t number;

    do
        platform.random_bytes(&number, sizeof number);
    while (number >= UINT32_MAX / 1000000 * 1000000);
    (void)snprintf(code, CODE_DIGITS + 1, "%06u", (unsigned)(number % 1000000));
}

/*
 * The stored form of a code: somebody who reads the database cannot try a million codes without the installation's key.
 */
static bool hash_code(struct request *req, const char *key, const char *device_hash, const char *code, char hash[65])
{
    const char *text = talloc_asprintf(req->arena, "orgd code %s %s", device_hash, code);
    unsigned char digest[32];

    if (!text)
        return false;
    digest_hmac_sha256(secret_of(key), text, strlen(text), digest);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(hash + 2 * i, 3, "%02x", digest[i]);
    return true;
}

/* Adds a code for a device, and its mail. */
static enum err send_code(struct request *req, const char *device_hash, const char *email)
{
    char code[CODE_DIGITS + 1], hash[65], minutes[4];

    make_code(code);
    (void)snprintf(minutes, sizeof minutes, "%d", CODE_VALID_S / MINUTE_S);
    if (!hash_code(req, req->config->auth_key, device_hash, code, hash))
        return ERR_MEMORY;
    TRY(DB_RUN(req->db, code_add, NULL, param_text(device_hash), param_text(hash), param_int(CODE_VALID_S)));
    return outbox_add(req->config, req->db, email, "code",
                      (const struct mail_field[]){{"code", code}, {"minutes", minutes}}, 2, CODE_VALID_S);
}

/* ---- requesting a code ---- */

static enum err store_device(struct request *req, const struct device *device, const char *email)
{
    TRY(db_begin(req->db));
    TRY(DB_RUN(req->db, code_device_add, NULL, param_text(device->hash), param_text(email),
               param_int(CODE_DEVICE_VALID_S)));
    TRY(send_code(req, device->hash, email));
    return db_commit(req->db);
}

static enum err answer_device(struct request *req, const struct device *device)
{
    struct buffer body = buffer_make(req->arena, ANSWER_MAX);

    JSON_OBJECT(&body, member_text("status", "OK"), member_text("deviceId", device->id),
                member_text("preAuthSessionId", device->session), member_text("flowType", "USER_INPUT_CODE"));
    return fdi_answer(req, 200, &body);
}

enum err codes_create(struct request *req)
{
    const json_t *body = fdi_body(req);
    const json_t *value = json_object_get(body, "email");
    const char *email = email_fold(req->arena, json_string_value(value));
    bool phone = json_object_get(body, "phoneNumber") != NULL;
    struct account_answer account;
    struct device device;
    enum err err;

    if ((value != NULL) == phone)
        return fdi_refuse(req, "Please provide exactly one of email or phoneNumber");
    if (phone)
        return fdi_refuse(req, "Please provide an email since you have set the contactMethod to \"EMAIL\"");
    if (!email || !email_valid_known(email))
        return fdi_status_text(req, "GENERAL_ERROR", "message", "Email is invalid");
    err = attempt_code(req, email);
    if (!err)
        err = account_ask(req, email, &account);
    if (err)
        return fdi_pass(req, err);
    if (!account.has_account && !email_valid(email))
        return fdi_status_text(req, "GENERAL_ERROR", "message", "Email is invalid");
    if (!account.may_sign_in)
        return deny(req, email);
    if (!make_device(req, &device))
        return ERR_MEMORY;
    TRY(store_device(req, &device, email));
    return answer_device(req, &device);
}

/* ---- requesting another code ---- */

/* Runs before the transaction, so that a refused request locks nothing. */
static enum err take_attempt(struct request *req, const char *hash)
{
    struct result row;

    TRY(DB_RUN(req->db, code_device_email, &row, param_text(hash)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    return result_rows(&row) == 0 ? ERR_AGAIN : attempt_code(req, result_text(&row, 0, CODE_DEVICE_EMAIL_EMAIL));
}

static enum err resend(struct request *req, const char *hash)
{
    struct result row;

    TRY(take_attempt(req, hash));
    TRY(db_begin(req->db));
    TRY(DB_RUN(req->db, code_device_lock, &row, param_text(hash)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) == 0)
        return ERR_AGAIN;
    TRY(DB_RUN(req->db, code_device_extend, NULL, param_text(hash), param_int(CODE_DEVICE_VALID_S)));
    TRY(send_code(req, hash, result_text(&row, 0, CODE_DEVICE_LOCK_EMAIL)));
    return db_commit(req->db);
}

enum err codes_resend(struct request *req)
{
    const json_t *body = fdi_body(req);
    const char *session = json_member_filled(body, "preAuthSessionId");
    const char *id = json_member_filled(body, "deviceId");
    char hash[65];
    enum err err = ERR_AGAIN;

    if (!session)
        return fdi_refuse(req, "Please provide preAuthSessionId");
    if (!id)
        return fdi_refuse(req, "Please provide deviceId");
    if (read_device(req, id, session, hash))
        err = resend(req, hash);
    if (err == ERR_AGAIN)
        return fdi_status(req, "RESTART_FLOW_ERROR");
    return err ? fdi_pass(req, err) : fdi_status(req, "OK");
}

/* ---- signing in ---- */

static enum err answer_failure(struct request *req, const char *status, int64_t failures)
{
    struct buffer body = buffer_make(req->arena, ANSWER_MAX);

    JSON_OBJECT(&body, member_text("status", status), member_int("failedCodeInputAttemptCount", failures),
                member_int("maximumCodeInputAttempts", CODE_ATTEMPTS));
    return fdi_answer(req, 200, &body);
}

/* A wrong or expired code counts as an attempt. The last attempt deletes the device. */
static enum err fail(struct request *req, const char *hash, const char *email, const char *status)
{
    struct result row;
    int64_t failures;
    bool waits;

    TRY(DB_RUN(req->db, code_device_fail, &row, param_text(hash), param_int(CODE_ATTEMPTS)));
    waits = result_rows(&row) > 0;
    failures = waits ? result_int(&row, 0, CODE_DEVICE_FAIL_FAILURES) : 0;
    result_clear(&row);
    TRY(db_commit(req->db));
    audit_sign_in_failed(req, *status == 'E' ? "expired code" : "wrong code", email, NULL);
    return waits ? answer_failure(req, status, failures) : fdi_status(req, "RESTART_FLOW_ERROR");
}

/* After the correct code: everything happens at once, or nothing, and then the code stays valid. */
static enum err sign_in(struct request *req, const char *email, int64_t generation, struct login *login, bool *added)
{
    struct login_key key = {.method = "passwordless", .email = email};
    bool created;

    TRY(DB_RUN(req->db, code_devices_forget, NULL, param_text(email)));
    TRY(login_ensure(req, &key, login, added));
    return account_sign_in(req,
                           &(struct account_login){.email = email,
                                                   .login_id = login->id,
                                                   .identity = "email:otp",
                                                   .subject = email,
                                                   .proof = PROOF_ADDRESS,
                                                   .generation = &generation},
                           &created);
}

static enum err enter(struct request *req, const char *email, int64_t generation)
{
    struct login login;
    bool added;
    enum err err = account_finish(req, sign_in(req, email, generation, &login, &added));

    if (err == ERR_ACCESS_DENIED)
        return deny(req, email);
    if (err == ERR_AGAIN)
        return fdi_status(req, "RESTART_FLOW_ERROR");
    if (err)
        return err;
    return fdi_user(
        req,
        &(struct fdi_user){
            .id = login.id, .method = "passwordless", .email = email, .joined_ms = login.joined_ms, .verified = true},
        &added);
}

/* Looks for the code among those of the device; they may have been made with the key from before a rotation. */
static enum err look_for(struct request *req, const char *device_hash, const char *input, struct result *found)
{
    const char *const keys[] = {req->config->auth_key, req->config->auth_key_accepted};
    char hash[65];

    for (size_t i = 0; i < sizeof keys / sizeof *keys && keys[i]; i++) {
        if (!hash_code(req, keys[i], device_hash, input, hash))
            return ERR_MEMORY;
        TRY(DB_RUN(req->db, code_check, found, param_text(device_hash), param_text(hash)));
        if (!result_keep(found, req->arena))
            return ERR_MEMORY;
        if (result_rows(found) > 0)
            break;
    }
    return OK;
}

/*
 * Attempts of one device wait for each other, so that each is counted. Both the attempts of a device and the number of
 * devices of an address are limited. That limits guesses without a counter that other people could use up.
 */
static enum err consume(struct request *req, const char *device_hash, const char *input)
{
    const char *email;
    struct result device, found;

    TRY(db_begin(req->db));
    TRY(DB_RUN(req->db, code_device_lock, &device, param_text(device_hash)));
    if (!result_keep(&device, req->arena))
        return ERR_MEMORY;
    if (result_rows(&device) == 0) {
        audit_sign_in_failed(req, "expired code", NULL, NULL);
        return fdi_status(req, "RESTART_FLOW_ERROR");
    }
    email = result_text(&device, 0, CODE_DEVICE_LOCK_EMAIL);
    TRY(look_for(req, device_hash, input, &found));
    if (result_rows(&found) == 0)
        return fail(req, device_hash, email, "INCORRECT_USER_INPUT_CODE_ERROR");
    if (!result_bool(&found, 0, CODE_CHECK_VALID))
        return fail(req, device_hash, email, "EXPIRED_USER_INPUT_CODE_ERROR");
    return enter(req, email, result_int(&device, 0, CODE_DEVICE_LOCK_GENERATION));
}

enum err codes_consume(struct request *req)
{
    const json_t *body = fdi_body(req);
    const char *session = json_member_filled(body, "preAuthSessionId");
    const char *id = json_member_filled(body, "deviceId");
    const char *input = json_member_filled(body, "userInputCode");
    bool link = json_object_get(body, "linkCode") != NULL;
    char hash[65];

    if (!session)
        return fdi_refuse(req, "Please provide preAuthSessionId");
    if (link == (id != NULL || input != NULL))
        return fdi_refuse(req, "Please provide one of (linkCode) or (deviceId+userInputCode) and not both");
    if (!link && (!id || !input))
        return fdi_refuse(req, "Please provide both deviceId and userInputCode");
    if (link || !read_device(req, id, session, hash))
        return fdi_status(req, "RESTART_FLOW_ERROR");
    return consume(req, hash, input);
}
