/* `orgd config`: which value every variable has, and where it came from. */
#include <fcntl.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/file.h"
#include "commands/commands.h"
#include "instance/data_dir.h"

#define OUTPUT_MAX (4 << 20)
#define KEY_MAX 1024 /* bytes of a kept key and its line feed */

const struct option_row config_options[] = {
    {.name = "json", .help = "Print JSON"},
    {.name = "reveal",
     .value = "NAME",
     .help = "Print the value of one variable alone and in the clear, kept keys included"},
    {.name = "markdown", .help = "Print the reference of all variables, as in docs/configuration.md"},
    {0},
};

/* A key that is not configured is the one kept in the data directory, if one was made already. */
static enum err take_kept(const struct options *options, struct config *config, const char *name, const char *file,
                          struct error *error)
{
    const char *directory = NULL;
    const char *path;
    char *key = NULL;
    enum err err = data_dir_path(options->arena, config, &directory, error);

    if (err != OK)
        return err;
    path = talloc_asprintf(options->arena, "%s/%s", directory, file);
    if (!path)
        return error_set(error, ERR_MEMORY, "There is no memory for the path of the key.");
    err = file_read(options->arena, AT_FDCWD, path, KEY_MAX, &key, error);
    if (err != OK)
        return err;
    key[strcspn(key, "\r\n")] = '\0';
    return config_override(options->arena, config, name, key, path, error);
}

static int reveal(const struct options *options, const struct config *config, const char *name,
                  const struct error *kept)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct error error;

    if (config_reveal(config, name, &out, &error) != OK)
        return command_failed(&error);
    if (out.len == 0) {
        if (kept->code != OK && kept->code != ERR_NOT_FOUND)
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
    struct error auth_error = {0};
    struct error crypt_error = {0};
    struct error none = {0};

    if (!config->auth_key)
        (void)take_kept(options, &shown, "AGENTA_AUTH_KEY", "auth-key", &auth_error);
    if (!config->crypt_key)
        (void)take_kept(options, &shown, "AGENTA_CRYPT_KEY", "crypt-key", &crypt_error);
    if (name && strcmp(name, "AGENTA_AUTH_KEY") == 0)
        return reveal(options, &shown, name, &auth_error);
    if (name)
        return reveal(options, &shown, name, strcmp(name, "AGENTA_CRYPT_KEY") == 0 ? &crypt_error : &none);
    if (option_given(options, "markdown"))
        config_document(&out);
    else if (config_print(&shown, option_given(options, "json"), &out) != OK)
        out.failed = true;
    return command_output(&out);
}
