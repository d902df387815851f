/* The endpoints for visitors who have not signed in yet. */
#include "signin/discover.h"

#include <talloc.h>

#include "base/email.h"
#include "base/json.h"
#include "policy/limits.h"
#include "policy/providers.h"
#include "policy/signin_methods.h"
#include "signin/frontend_api.h"
#include "signin/statements.h"

enum { ANSWER_MAX = 16 << 10 };

static const struct field body_fields[] = {{.name = "email", .type = FIELD_EMAIL, .required = true}};
const struct model discover_body = MODEL("DiscoverRequest", body_fields, NULL);
static const struct field answer_fields[] = {
    {.name = "exists", .type = FIELD_BOOL, .required = true},
    {.name = "methods", .type = FIELD_ANY_OBJECT, .required = true},
};
const struct model discover_answer = MODEL("DiscoverResponse", answer_fields, NULL);

/* {"email:password":true,"social:google":true} */
static void write_identities(struct request *req, struct buffer *out)
{
    json_open(out, '{');
    for (const struct sign_in_method *method = sign_in_methods; method->factor; method++) {
        if (!method->identity || !method->active(req->config))
            continue;
        json_key(out, method->identity);
        json_bool(out, true);
    }
    for (const struct provider *provider = providers; provider->id; provider++) {
        const char *identity = talloc_asprintf(req->arena, "social:%s", provider->id);
        if (!identity || !provider_is_configured(provider, req->config))
            continue;
        json_key(out, identity);
        json_bool(out, true);
    }
    json_close(out, '}');
}

/* Runs a statement that returns a boolean. */
static enum err ask(struct request *req, const struct statement *statement, const char *email, bool *yes)
{
    const struct param params[] = {param_text(email)};
    struct result row;

    TRY(db_run(req->db, statement, params, 1, &row));
    *yes = result_bool(&row, 0, DISCOVER_USER_YES);
    result_clear(&row);
    return OK;
}

enum err discover_address(struct request *req)
{
    struct buffer body = buffer_make(req->arena, ANSWER_MAX);
    const char *email = NULL;
    bool exists;

    (void)email_problem(req->arena, body_text(req, "email"), &email);
    if (!email)
        return ERR_MEMORY;
    TRY(limit_take_client(req, LIMIT_DISCOVER_CLIENT));
    TRY(ask(req, &discover_user, email, &exists));
    json_open(&body, '{');
    json_key(&body, "exists");
    json_bool(&body, exists);
    json_key(&body, "methods");
    write_identities(req, &body);
    json_close(&body, '}');
    return reply_buffer(req, 200, &body);
}

static void write_method(struct buffer *out, const char *name, bool enabled)
{
    json_key(out, name);
    JSON_OBJECT(out, member_bool("enabled", enabled));
}

static void write_providers(struct request *req, struct buffer *out)
{
    json_key(out, "thirdParty");
    json_open(out, '{');
    json_key(out, "enabled");
    json_bool(out, methods_social(req->config));
    json_key(out, "providers");
    json_open(out, '[');
    for (const struct provider *provider = providers; provider->id; provider++) {
        if (!provider_is_configured(provider, req->config))
            continue;
        JSON_OBJECT(out, member_text("id", provider->id), member_text("name", provider->name));
    }
    json_close(out, ']');
    json_close(out, '}');
}

/* The sign-up rules that a sign-in page may show to everybody. The lists themselves stay private. */
static const char *sign_up_rule(const struct config *config)
{
    if (config->invite_only)
        return "invitation";
    return config->allowed_domains.count > 0 ? "restricted" : "open";
}

enum err discover_methods(struct request *req)
{
    struct buffer body = buffer_make(req->arena, ANSWER_MAX);

    json_open(&body, '{');
    json_key(&body, "status");
    json_text(&body, "OK");
    write_method(&body, "emailPassword", methods_password(req->config));
    write_method(&body, "passwordless", methods_otp(req->config));
    write_providers(req, &body);
    write_method(&body, "webauthn", false);
    json_key(&body, "firstFactors");
    json_open(&body, '[');
    for (const struct sign_in_method *method = sign_in_methods; method->factor; method++)
        if (method->active(req->config))
            json_text(&body, method->factor);
    json_close(&body, ']');
    json_key(&body, "signUp");
    json_text(&body, sign_up_rule(req->config));
    json_close(&body, '}');
    return fdi_answer(req, 200, &body);
}

static enum err answer_exists(struct request *req, const struct statement *statement)
{
    struct buffer body = buffer_make(req->arena, ANSWER_MAX);
    const char *email = email_fold(req->arena, query_value(req, "email"));
    bool exists;
    enum err err;

    if (!email)
        return fdi_refuse(req, "Please provide the email as a GET param");
    err = limit_take_client(req, LIMIT_DISCOVER_CLIENT);
    if (!err)
        err = ask(req, statement, email, &exists);
    if (err)
        return fdi_pass(req, err);
    JSON_OBJECT(&body, member_text("status", "OK"), member_bool("exists", exists));
    return fdi_answer(req, 200, &body);
}

enum err discover_password_login(struct request *req)
{
    return answer_exists(req, &login_has_password);
}

enum err discover_code_login(struct request *req)
{
    return answer_exists(req, &login_has_code);
}
