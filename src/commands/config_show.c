/* Runs `orgd config`: shows the value of every variable and its source. */
#include <fcntl.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/file.h"
#include "commands/commands.h"
#include "runtime/data_dir.h"

#define OUTPUT_MAX (4 << 20)
#define KEY_MAX 1024 /* bytes of a kept key and its line feed */

/* The keys that are kept in the data directory when they are not configured. */
static const struct {
    const char *name, *file;
} kept_keys[] = {{"AGENTA_AUTH_KEY", "auth-key"}, {"AGENTA_CRYPT_KEY", "crypt-key"}, {"ORGD_ADMIN_KEY", "admin-key"}};

enum { KEPT_KEYS = sizeof kept_keys / sizeof *kept_keys };

const struct option_row config_options[] = {
    {.name = "json", .help = "Print JSON"},
    {.name = "reveal", .value = "NAME", .help = "Print only the value of one variable, unmasked; kept keys too"},
    {.name = "markdown", .help = "Print the reference of all variables, as in docs/configuration.md"},
    {0},
};

/* Reads one key that is not configured from the data directory, if it was made already. */
static enum err take_kept(const struct options *options, struct config *config, const char *name, const char *file,
                          struct error *error)
{
    const char *directory = NULL;
    const char *path;
    char *key = NULL;

    TRY(data_dir_path(options->arena, config, &directory, error));
    path = talloc_asprintf(options->arena, "%s/%s", directory, file);
    if (!path)
        return error_set(error, ERR_MEMORY, "There is no memory for the path of the key.");
    TRY(file_read(options->arena, AT_FDCWD, path, KEY_MAX, &key, error));
    key[strcspn(key, "\r\n")] = '\0';
    return config_override(options->arena, config, name, key, path, error);
}

static const char *value_of(const struct config *config, size_t key)
{
    const char *const values[KEPT_KEYS] = {config->auth_key, config->crypt_key, config->admin_key};

    return values[key];
}

/* Reads all keys that are not configured. `errors` receives the causes of failures. The last key may take the value of
 * the first. */
static void take_all_kept(const struct options *options, struct config *config, struct error errors[KEPT_KEYS])
{
    struct error *admin_error = &errors[KEPT_KEYS - 1];

    for (size_t i = 0; i < KEPT_KEYS; i++)
        if (!value_of(config, i))
            errors[i].code = take_kept(options, config, kept_keys[i].name, kept_keys[i].file, &errors[i]);
    if (!config->admin_key && admin_error->code == ERR_NOT_FOUND && config->auth_key)
        admin_error->code =
            config_override(options->arena, config, "ORGD_ADMIN_KEY", config->auth_key, "AGENTA_AUTH_KEY", admin_error);
}

static int reveal(const struct options *options, const struct config *config, const char *name,
                  const struct error *kept)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct error error;

    if (config_reveal(config, name, &out, &error))
        return command_failed(&error);
    if (out.len == 0) {
        if (kept->code && kept->code != ERR_NOT_FOUND)
            return command_failed(kept);
        (void)error_set(&error, ERR_NOT_FOUND, "%.64s has no value%s", name,
                        kept->code == ERR_NOT_FOUND ? " yet: `orgd serve` makes one and keeps it in the data directory"
                                                    : "");
        (void)command_failed(&error);
        return STATUS_NO;
    }
    buffer_char(&out, '\n');
    return command_output(&out);
}

int config_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    const char *name = option_value(options, "reveal");
    struct config shown = *config;
    struct error errors[KEPT_KEYS] = {0};
    struct error none = {0};
    const struct error *kept = &none;

    take_all_kept(options, &shown, errors);
    for (size_t i = 0; name && i < KEPT_KEYS; i++)
        if (strcmp(name, kept_keys[i].name) == 0)
            kept = &errors[i];
    if (name)
        return reveal(options, &shown, name, kept);
    if (option_given(options, "markdown"))
        config_document(&out);
    else if (config_print(&shown, option_given(options, "json"), &out))
        out.failed = true;
    return command_output(&out);
}
