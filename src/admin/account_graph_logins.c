/* Creates logins for users who did not sign up themselves. */
#include "admin/account_graph_logins.h"

#include <string.h>
#include <talloc.h>

#include "admin/operation.h"
#include "admin/statements.h"
#include "auth/password_hash.h"
#include "base/email.h"
#include "base/json.h"
#include "policy/password_policy.h"
#include "policy/signin_methods.h"
#include "policy/signin_rules.h"

enum { LIST_MAX = 64 << 20 };

static const char *text_of(const struct graph_node *node, const char *member)
{
    return json_member_filled(node->source, member);
}

/* The active sign-in method by e-mail: "password", "otp", or "". */
static const char *email_method(const struct config *config)
{
    return methods_password(config) ? "password" : methods_otp(config) ? "otp" : "";
}

/* Whether logins of this method can be created. */
static bool supported(const struct config *config, const char *method)
{
    return (methods_email(config) && strcmp(method, "email:password") == 0) ||
           (methods_otp(config) && strcmp(method, "email:otp") == 0);
}

/* ---- problems of identities ---- */

static enum err problem(struct graph *graph, const struct graph_node *node, int status, const char *code,
                        const char *message)
{
    const char *with_ref = talloc_asprintf(graph->req->arena, "%s (ref: %s).", message, node->key);

    if (!message || !with_ref)
        return ERR_MEMORY;
    if (graph->identity_errors_refuse)
        return operation_refuse(graph->req,
                                &(struct refusal){.status = status,
                                                  .code = code,
                                                  .message = talloc_asprintf(graph->req->arena, "%s.", message)});
    graph_error(graph, code, with_ref, (const char *const[]){"ref", node->email ? "email" : NULL, NULL},
                (const char *const[]){node->key, node->email, NULL});
    return OK;
}

static enum err problem_of_method(struct graph *graph, const struct graph_node *node)
{
    void *arena = graph->req->arena;
    const char *method = text_of(node, "method"), *configured = email_method(graph->req->config);
    const char *feature = talloc_asprintf(arena, "create_user_identity for method '%s' (configured email_method='%s')",
                                          method ? method : "", configured);
    const char *message = talloc_asprintf(arena, "'%s' is not yet implemented in this edition", feature);

    if (!feature || !message)
        return ERR_MEMORY;
    if (graph->identity_errors_refuse)
        return operation_refuse(graph->req, &(struct refusal){.status = 501,
                                                              .code = "not_implemented",
                                                              .message = talloc_asprintf(arena, "%s.", message),
                                                              .names = {"feature"},
                                                              .values = {feature}});
    graph_error(graph, "not_implemented", talloc_asprintf(arena, "%s (ref: %s).", message, node->key),
                (const char *const[]){"ref", "method", "configured_email_method"},
                (const char *const[]){node->key, method ? method : "", configured});
    return OK;
}

static enum err refuse_access(struct graph *graph, const struct graph_node *node)
{
    return operation_refuse(
        graph->req, &(struct refusal){
                        .status = 401, .code = "access_denied", .message = "Access Denied.", .account = node->account});
}

static bool lets_in(const struct graph *graph, const char *email)
{
    const struct access_question question = {.email = email, .has_account = true};

    return access_decide(graph->req->arena, graph->req->config, &question).may_sign_in;
}

/* Checks method and address of an identity, and stores the address in `node`. `*sound`: no problem found. */
static enum err check_form(struct graph *graph, struct graph_node *node, bool *sound)
{
    struct request *req = graph->req;
    const char *method = text_of(node, "method");

    *sound = false;
    if (!method || !supported(req->config, method))
        return problem_of_method(graph, node);
    node->email = email_fold(req->arena, text_of(node, "email") ? text_of(node, "email") : text_of(node, "subject"));
    if (!node->email || !*node->email)
        return problem(graph, node, 400, "invalid_identity", "An identity needs an email or a subject");
    if (!email_valid(node->email))
        return problem(graph, node, 400, "invalid_identity", "The email of an identity is not valid");
    *sound = true;
    return OK;
}

enum err graph_check_logins(struct graph *graph)
{
    const struct graph_nodes *nodes = &graph->of[GRAPH_IDENTITIES];
    bool sound;

    for (size_t i = 0; i < nodes->count; i++)
        TRY(check_form(graph, nodes->items[i], &sound));
    return OK;
}

/* The sentence without its full stop. */
static const char *unstopped(void *arena, const char *sentence)
{
    size_t len = strlen(sentence);

    return talloc_strndup(arena, sentence, len > 0 && sentence[len - 1] == '.' ? len - 1 : len);
}

static enum err check_password(struct graph *graph, const struct graph_node *node, bool *sound)
{
    struct request *req = graph->req;
    const char *password = text_of(node, "password"), *broken;

    *sound = false;
    if (!password)
        return problem(graph, node, 400, "invalid_identity",
                       "email:password identity requires 'password' on this deployment");
    broken = password_problem(req->arena, req->config, password);
    if (broken)
        return problem(graph, node, 400, "invalid_identity", unstopped(req->arena, broken));
    if (!lets_in(graph, node->email))
        return refuse_access(graph, node);
    *sound = true;
    return OK;
}

/* `*wanted`: the login is to be created. */
static enum err check(struct graph *graph, struct graph_node *node, bool *wanted)
{
    TRY(check_form(graph, node, wanted));
    return *wanted && methods_password(graph->req->config) ? check_password(graph, node, wanted) : OK;
}

/* ---- hashing ---- */

enum err graph_hash_passwords(struct graph *graph)
{
    const struct graph_nodes *nodes = &graph->of[GRAPH_IDENTITIES];
    size_t count = 0;

    if (!methods_password(graph->req->config))
        return OK;
    for (size_t i = 0; i < nodes->count; i++)
        count += text_of(nodes->items[i], "password") != NULL;
    if (count > PASSWORDS_MAX)
        return operation_refuse(
            graph->req,
            &(struct refusal){.status = 400,
                              .code = "validation_error",
                              .message = talloc_asprintf(graph->req->arena,
                                                         "One request may set %d passwords at most; this one has %zu.",
                                                         PASSWORDS_MAX, count)});
    for (size_t i = 0; i < nodes->count; i++) {
        const char *password = text_of(nodes->items[i], "password");
        char *hash = talloc_size(graph->req->arena, PASSWORD_HASH_SIZE);
        if (!password || password_problem(graph->req->arena, graph->req->config, password))
            continue;
        if (!hash)
            return ERR_MEMORY;
        TRY(password_hash(password, hash));
        nodes->items[i]->password_hash = hash;
    }
    return OK;
}

/* ---- writing ---- */

/* The user that the identity names, or NULL. */
static const struct uuid *user_named(const struct graph_node *node)
{
    return node->user.node || node->user.by ? graph_target_id(&node->user) : NULL;
}

static void add_login(struct buffer *list, const struct graph_node *node, bool password)
{
    struct uuid identity = uuid_v7();

    json_open(list, '{');
    JSON_MEMBERS(list, member_int("place", (int64_t)node->place), member_uuid("id", &node->id),
                 member_text("method", password ? "emailpassword" : "passwordless"), member_text("email", node->email),
                 member_text("hash", password ? node->password_hash : NULL), member_uuid("identity", &identity),
                 member_text("identity_method", password ? "email:password" : "email:otp"),
                 member_text("domain", email_domain(node->email)));
    if (user_named(node)) {
        json_key(list, "user_id");
        json_uuid(list, user_named(node));
    }
    json_close(list, '}');
}

static const char *row_of(const struct graph *graph, const struct graph_node *node, bool password)
{
    struct buffer out = buffer_make(graph->req->arena, LIST_MAX);
    char text[UUID_TEXT_SIZE];

    JSON_OBJECT(&out, member_uuid("id", &node->id),
                member_text("user_id", user_named(node) ? uuid_format(user_named(node), text) : ""),
                member_text("method", password ? "email:password" : "email:otp"), member_text("subject", node->email),
                member_text("email", node->email), member_text("status", "created"),
                member_bool("verified", json_bool_read(json_object_get(node->source, "verified"), false)));
    return buffer_string(&out);
}

static enum err write_wanted(struct graph *graph, bool *wanted, struct buffer *list)
{
    struct graph_nodes *nodes = &graph->of[GRAPH_IDENTITIES];
    bool password = methods_password(graph->req->config);
    struct result rows;
    enum err err = OK;

    if (!buffer_string(list))
        return ERR_MEMORY;
    TRY(DB_RUN(graph->req->db, logins_add, &rows, param_text(buffer_string(list))));
    for (int i = 0; !err && i < result_rows(&rows); i++) {
        struct graph_node *node = nodes->items[result_int(&rows, i, LOGINS_ADD_PLACE)];
        if (result_bool(&rows, i, LOGINS_ADD_ADDED))
            node->row = row_of(graph, node, password);
        else if (result_bool(&rows, i, LOGINS_ADD_OF_ANOTHER)) {
            wanted[node->place] = false;
            err = problem(graph, node, 400, "invalid_identity",
                          talloc_asprintf(graph->req->arena, "'%s' is the address of another user", node->email));
        }
    }
    result_clear(&rows);
    if (err)
        return err;
    for (size_t i = 0; i < nodes->count; i++)
        if (wanted[i] && !nodes->items[i]->row)
            TRY(problem(graph, nodes->items[i], 400, "identity_already_exists",
                        talloc_asprintf(graph->req->arena, "An email identity for '%s' already exists",
                                        nodes->items[i]->email)));
    return OK;
}

enum err graph_write_logins(struct graph *graph)
{
    struct graph_nodes *nodes = &graph->of[GRAPH_IDENTITIES];
    bool *wanted = talloc_zero_size(graph->req->arena, nodes->count + 1);
    struct buffer list = buffer_make(graph->req->arena, LIST_MAX);
    bool any = false;

    if (!wanted)
        return ERR_MEMORY;
    json_open(&list, '[');
    for (size_t i = 0; i < nodes->count; i++) {
        TRY(check(graph, nodes->items[i], &wanted[i]));
        if (wanted[i]) {
            add_login(&list, nodes->items[i], methods_password(graph->req->config));
            any = true;
        }
    }
    json_close(&list, ']');
    return any ? write_wanted(graph, wanted, &list) : OK;
}
