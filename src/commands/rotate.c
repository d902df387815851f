/* Runs `orgd key rotate`. */
#include "commands/rotate.h"

#include <string.h>

#include "auth/reseal.h"
#include "commands/current.h"
#include "runtime/installation_keys.h"

#define OUTPUT_MAX ((size_t)64 << 10)

const struct option_row key_rotate_options[] = {
    {.name = "leave-agenta-secrets",
     .help =
         "Replace `crypt` although Agenta keeps secrets under its AGENTA_CRYPT_KEY, which stays as it is for Agenta"},
    {0},
};

static bool given(const char *text)
{
    return text && *text;
}

static enum err database_problem(struct db *db, struct error *error)
{
    return error_set(error, ERR_REFUSED, "the core database: %.450s", db_error(db)->cause);
}

/* Checks whether Agenta stores secrets under the key. orgd cannot encrypt them again, because Agenta would have to
 * change its key at the same time. */
static enum err check_agenta(struct db *db, const struct options *options, struct error *error)
{
    int64_t count;

    if (option_given(options, "leave-agenta-secrets"))
        return OK;
    if (reseal_agenta_secrets(db, &count))
        return database_problem(db, error);
    if (count == 0)
        return OK;
    if (count < 0)
        return error_set(error, ERR_REFUSED,
                         "this role may not check whether Agenta keeps secrets (table secrets) under AGENTA_CRYPT_KEY: "
                         "leave AGENTA_CRYPT_KEY of Agenta as it is, and repeat this with --leave-agenta-secrets");
    return error_set(error, ERR_REFUSED,
                     "Agenta keeps %lld secrets (table secrets) under AGENTA_CRYPT_KEY, and orgd does not encrypt them "
                     "again: leave AGENTA_CRYPT_KEY of Agenta as it is, and repeat this with --leave-agenta-secrets",
                     (long long)count);
}

static enum err rotate_signing(struct db *db, struct buffer *out, struct error *error)
{
    if (reseal_retire_signing_keys(db))
        return database_problem(db, error);
    buffer_text(out, "A new key signs sessions from now on; issued tokens remain valid until they expire.\n");
    return OK;
}

/* With both keys set by variables no key is made: only the stored secrets are encrypted again. */
static enum err rotate_stored(const struct config *config, struct db *db, const struct options *options,
                              struct buffer *out, struct error *error)
{
    struct reseal_report report;

    if (reseal(db, options->arena, config, &report))
        return database_problem(db, error);
    buffer_format(out, "%d stored secrets were encrypted again with AGENTA_CRYPT_KEY.\n", report.done);
    if (report.closed > 0)
        buffer_format(out, "%d can be opened with neither key.\n", report.closed);
    return OK;
}

static enum err rotate_kept(const struct config *config, enum installation_key key, const struct options *options,
                            struct buffer *out, struct error *error)
{
    TRY(installation_key_rotate(options->arena, config, key, error));
    buffer_format(out, "There is a new %s. Restart orgd to put it in force.\n", installation_key_variable(key));
    if (key == INSTALLATION_KEY_AUTH)
        buffer_text(out, "Give it to Agenta's services: orgd config --reveal AGENTA_AUTH_KEY\n");
    return OK;
}

static enum err rotate(const struct config *config, enum installation_key key, struct db *db,
                       const struct options *options, struct buffer *out, struct error *error)
{
    const char *const values[] = {[INSTALLATION_KEY_ADMIN] = config->admin_key,
                                  [INSTALLATION_KEY_AUTH] = config->auth_key,
                                  [INSTALLATION_KEY_CRYPT] = config->crypt_key};
    enum err err = OK;

    if (key == INSTALLATION_KEY_CRYPT)
        err = check_agenta(db, options, error);
    if (err)
        return err;
    if (!given(values[key]))
        return rotate_kept(config, key, options, out, error);
    if (key == INSTALLATION_KEY_CRYPT && given(config->crypt_key_accepted))
        return rotate_stored(config, db, options, out, error);
    return error_set(error, ERR_REFUSED,
                     "%s is set by a variable, so it is replaced there, server by server: docs/operations.md has the "
                     "steps under \"Changing keys\"",
                     installation_key_variable(key));
}

int key_rotate_run(const struct config *config, const struct options *options)
{
    const char *name = options->arguments[0];
    bool signing = strcmp(name, "signing") == 0, opened = false;
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    enum installation_key key = INSTALLATION_KEY_ADMIN;
    struct current current = {0};
    struct error error = {0};
    enum err err = OK;

    if (!signing && !installation_key_find(name, &key))
        err = error_set(&error, ERR_USAGE, "unknown key %.64s; the keys are admin, auth, crypt and signing", name);
    if (!err && (signing || key == INSTALLATION_KEY_CRYPT)) {
        err = current_open(options->arena, config, "orgd key rotate", &current, &error);
        opened = !err;
    }
    if (!err)
        err = signing ? rotate_signing(current.core, &out, &error)
                      : rotate(config, key, current.core, options, &out, &error);
    if (opened)
        current_close(&current);
    return err ? command_failed(&error) : command_output(&out);
}
