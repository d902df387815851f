/* Runs `orgd account create` and `end-sessions`, `orgd organization list` and `orgd key create`. */
#include "commands/provision.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "admin/create_accounts.h"
#include "admin/end_sessions.h"
#include "admin/local_call.h"
#include "admin/models.h"
#include "admin/overview.h"
#include "auth/password_hash.h"
#include "base/json.h"
#include "base/utf8.h"
#include "commands/current.h"
#include "policy/password_policy.h"

#define OUTPUT_MAX ((size_t)64 << 20)
#define NAME_SHOWN 320

const struct option_row account_create_options[] = {
    {.name = "name", .value = "NAME", .help = "Name of the user; default: the part before the @"},
    {.name = "organization", .value = "NAME", .help = "Name of the user's organization; default: the user's name"},
    {.name = "password-stdin", .help = "Read the user's password from the first line of standard input"},
    {.name = "key", .help = "Create an API key too, and print it once"},
    {.name = "dry-run", .help = "Report what would happen, and change nothing"},
    {.name = "json", .help = "Print JSON"},
    {0},
};

const struct option_row account_end_sessions_options[] = {
    {.name = "json", .help = "Print JSON"},
    {0},
};

const struct option_row organization_list_options[] = {
    {.name = "json", .help = "Print JSON"},
    {0},
};

const struct option_row key_create_options[] = {
    {.name = "project", .value = "ID", .help = "The project that the key is for"},
    {.name = "restricted", .help = "Restrict the key to its project, whatever else its user may do"},
    {.name = "expires",
     .value = "TIMESTAMP",
     .help = "When the key expires, like 2027-01-31T12:00:00Z; default: never"},
    {.name = "json", .help = "Print JSON"},
    {0},
};

static const struct route account_create = {.method = METHOD_POST,
                                            .path = "account create",
                                            .operation_id = "account create",
                                            .body = &simple_accounts_body,
                                            .handle = simple_accounts_create};
static const struct route account_end_sessions = {.method = METHOD_DELETE,
                                                  .path = "account end-sessions",
                                                  .operation_id = "account end-sessions",
                                                  .body = &sessions_end_body,
                                                  .handle = sessions_end_by_email};
static const struct route key_create = {.method = METHOD_POST,
                                        .path = "key create",
                                        .operation_id = "key create",
                                        .body = &api_key_body,
                                        .handle = admin_api_key_create};

static void print_text(struct buffer *out, const char *text)
{
    utf8_show(out, text ? text : "", NAME_SHOWN);
}

static void print_json(struct buffer *out, const json_t *value)
{
    if (!json_dump_to(out, value, 0))
        out->failed = true;
    buffer_char(out, '\n');
}

/* ---- account create ---- */

/* Reads the first line of standard input. */
static enum err read_password(void *arena, const char **password, struct error *error)
{
    char *line = talloc_zero_size(arena, PASSWORD_MAX_BYTES + 3);

    if (!line)
        return error_set(error, ERR_MEMORY, "no memory");
    if (!fgets(line, PASSWORD_MAX_BYTES + 3, stdin))
        return error_set(error, ERR_USAGE, "there is no password on standard input");
    line[strcspn(line, "\r\n")] = '\0';
    *password = line;
    return OK;
}

static json_t *account_body(const struct options *options, const char *password, bool dry_run)
{
    const char *email = options->arguments[0], *name = option_value(options, "name");
    const char *organization = option_value(options, "organization");
    bool key = option_given(options, "key");
    json_t *account = json_pack("{s:{s:s, s:s?}}", "user", "email", email, "name", name);

    if (organization && account)
        (void)json_object_set_new(account, "organization", json_pack("{s:s}", "name", organization));
    if (password && account)
        (void)json_object_set_new(account, "user_identities",
                                  json_pack("[{s:s, s:s, s:s, s:s}]", "method", "email:password", "subject", email,
                                            "email", email, "password", password));
    return json_pack("{s:{s:b, s:b, s:b}, s:{s:o}}", "options", "dry_run", dry_run, "create_api_keys", key,
                     "return_api_keys", key, "accounts", "account", account);
}

static void print_account(struct buffer *out, const json_t *answer, bool dry_run)
{
    const json_t *account = json_object_get(json_object_get(answer, "accounts"), "account");
    const json_t *organization = json_object_get(json_object_get(account, "organizations"), "org");
    const char *key = json_string_value(json_object_get(json_object_get(account, "api_keys"), "key"));

    buffer_text(out, dry_run ? "Would create the account " : "Created the account ");
    print_text(out, json_string_value(json_object_get(json_object_get(account, "user"), "email")));
    buffer_text(out, ", owner of ");
    print_text(out, json_string_value(json_object_get(organization, "name")));
    buffer_text(out, ".\n");
    if (key)
        buffer_format(out, "API key: %s\n", key);
}

/* If the requested login cannot be created, the account must not be created either; a dry run checks first. */
static enum err check_by_dry_run(const struct config *config, const struct options *options, struct db *core,
                                 const char *password, json_t **answer, struct error *error)
{
    json_t *body = account_body(options, password, true);
    enum err err = body ? local_call(options->arena, config, core, &account_create, body, answer, error)
                        : error_set(error, ERR_MEMORY, "no memory");
    const json_t *problem = json_array_get(json_object_get(*answer, "errors"), 0);

    json_decref(body);
    if (!err && problem)
        err = error_set(error, ERR_REFUSED, "%.500s", json_string_value(json_object_get(problem, "message")));
    return err;
}

static enum err make_account(const struct config *config, const struct options *options, const char *password,
                             json_t **answer, struct error *error)
{
    struct current current;
    json_t *body;
    enum err err;

    TRY(current_open(options->arena, config, "orgd", &current, error));
    err = check_by_dry_run(config, options, current.core, password, answer, error);
    if (!err && !option_given(options, "dry-run")) {
        body = account_body(options, password, false);
        err = body ? local_call(options->arena, config, current.core, &account_create, body, answer, error)
                   : error_set(error, ERR_MEMORY, "no memory");
        json_decref(body);
    }
    current_close(&current);
    return err;
}

int account_create_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    const char *password = NULL;
    struct error error = {0};
    json_t *answer = NULL;
    enum err err = OK;

    if (option_given(options, "password-stdin"))
        err = read_password(options->arena, &password, &error);
    if (!err)
        err = make_account(config, options, password, &answer, &error);
    if (err)
        return command_failed(&error);
    if (option_given(options, "json"))
        print_json(&out, json_object_get(json_object_get(answer, "accounts"), "account"));
    else
        print_account(&out, answer, option_given(options, "dry-run"));
    return command_output(&out);
}

/* ---- account end-sessions ---- */

int account_end_sessions_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    json_t *body = json_pack("{s:s}", "email", options->arguments[0]);
    json_t *answer = NULL;
    struct error error = {0};
    struct current current = {0};
    enum err err = body ? current_open(options->arena, config, "orgd", &current, &error)
                        : error_set(&error, ERR_MEMORY, "no memory");

    if (!err) {
        err = local_call(options->arena, config, current.core, &account_end_sessions, body, &answer, &error);
        current_close(&current);
    }
    json_decref(body);
    if (err)
        return command_failed(&error);
    if (option_given(options, "json")) {
        print_json(&out, answer);
    } else {
        json_int_t ended = json_integer_value(json_object_get(answer, "ended"));
        buffer_format(&out, "Ended %lld session%s of ", (long long)ended, ended == 1 ? "" : "s");
        print_text(&out, options->arguments[0]);
        buffer_text(&out, ".\n");
    }
    return command_output(&out);
}

/* ---- organization list ---- */

static void list_json(struct buffer *out, const struct result *rows)
{
    static const char *const names[] = {"name", "slug", "owner", "members", "created_at", "id"};

    json_open(out, '[');
    for (int i = 0; i < result_rows(rows); i++) {
        json_open(out, '{');
        for (int j = 0; j <= OVERVIEW_ID; j++) {
            json_key(out, names[j]);
            if (j == OVERVIEW_MEMBERS)
                json_int(out, result_int(rows, i, j));
            else
                json_text(out, result_text(rows, i, j));
        }
        json_close(out, '}');
    }
    json_close(out, ']');
    buffer_char(out, '\n');
}

static void list_text(struct buffer *out, const struct result *rows)
{
    for (int i = 0; i < result_rows(rows); i++) {
        int64_t members = result_int(rows, i, OVERVIEW_MEMBERS);
        buffer_format(out, "%s  ", result_text(rows, i, OVERVIEW_ID));
        print_text(out, result_text(rows, i, OVERVIEW_NAME));
        buffer_text(out, ", of ");
        print_text(out, result_text(rows, i, OVERVIEW_OWNER));
        buffer_format(out, ", %lld member%s\n", (long long)members, members == 1 ? "" : "s");
    }
    if (result_rows(rows) == 0)
        buffer_text(out, "There is no organization yet.\n");
}

int organization_list_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct error error = {0};
    struct current current;
    struct result rows;
    enum err err = current_open(options->arena, config, "orgd", &current, &error);

    if (err)
        return command_failed(&error);
    err = overview_organizations(current.core, &rows);
    if (!err) {
        (option_given(options, "json") ? list_json : list_text)(&out, &rows);
        result_clear(&rows);
    } else {
        error = *db_error(current.core);
    }
    current_close(&current);
    return err ? command_failed(&error) : command_output(&out);
}

/* ---- key create ---- */

static enum err find_project(const struct options *options, struct db *core, char id[UUID_TEXT_SIZE],
                             struct error *error)
{
    const char *given = option_value(options, "project");
    struct result rows;
    struct uuid project;
    enum err err;

    if (given && !uuid_parse(given, &project))
        return error_set(error, ERR_USAGE, "%.100s is not the id of a project", given);
    if (!given) {
        err = overview_default_project(core, options->arguments[0], &rows);
        if (err)
            return error_set(error, err, "%.500s", db_error(core)->cause);
        if (result_rows(&rows) == 0 || !result_uuid(&rows, 0, OVERVIEW_PROJECT_ID, &project))
            err = error_set(error, ERR_REFUSED,
                            "there is no account %.254s with a project; `orgd account create` makes one",
                            options->arguments[0]);
        result_clear(&rows);
        if (err)
            return err;
    }
    (void)uuid_format(&project, id);
    return OK;
}

static enum err make_key(const struct config *config, const struct options *options, struct db *core, json_t **answer,
                         struct error *error)
{
    char project[UUID_TEXT_SIZE];
    json_t *body;
    enum err err;

    TRY(find_project(options, core, project, error));
    body = json_pack("{s:{s:b}, s:{s:{s:s}, s:{s:s}, s:s?, s:b}}", "options", "return_api_keys", 1, "api_key",
                     "project_ref", "id", project, "user_ref", "email", options->arguments[0], "expires_at",
                     option_value(options, "expires"), "restricted", option_given(options, "restricted"));
    err = body ? local_call(options->arena, config, core, &key_create, body, answer, error)
               : error_set(error, ERR_MEMORY, "no memory");
    json_decref(body);
    return err;
}

int key_create_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    const json_t *key;
    json_t *answer = NULL;
    struct error error = {0};
    struct current current;
    enum err err = current_open(options->arena, config, "orgd", &current, &error);

    if (err)
        return command_failed(&error);
    err = make_key(config, options, current.core, &answer, &error);
    current_close(&current);
    if (err)
        return command_failed(&error);
    key = json_object_get(json_object_get(json_array_get(json_object_get(answer, "accounts"), 0), "api_keys"), "key");
    if (option_given(options, "json"))
        print_json(&out, key);
    else
        buffer_format(&out, "%s\n", json_string_value(json_object_get(key, "value")));
    return command_output(&out);
}
