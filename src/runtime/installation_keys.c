/* Provides the keys of the installation, configured or kept in the data directory, and rotates them. */
#include "runtime/installation_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/platform.h"

#define AUTH_FILE "auth-key"
#define CRYPT_FILE "crypt-key"
#define PREVIOUS ".previous"
#define SECOND INT64_C(1000000)

enum {
    KEY_BYTES = 32,
    KEY_LEAST = 16,                 /* the least length of a configured key, in characters */
    AUTH_ACCEPTED_S = 17 * 60,      /* the lifetime of a secret token or a code, plus clock differences */
    CRYPT_ACCEPTED_S = 101 * 86400, /* the lifetime of a refresh token */
};

/* A second key, and the end of its acceptance. */
struct accepted {
    const char **key;
    int64_t until_us;
};

static bool given(const char *text)
{
    return text && *text;
}

/* Reads the key of that name from the data directory. ERR_NOT_FOUND when there is none. */
static enum err read_key(void *arena, int directory, const char *path, const char *name, const char **key,
                         struct error *error)
{
    char *text;

    TRY(file_read(arena, directory, name, 1024, &text, error));
    text[strcspn(text, "\r\n")] = '\0';
    if (strlen(text) < KEY_LEAST)
        return error_set(error, ERR_REFUSED,
                         "The key in %s/%s is damaged (%zu characters): restore the file from a backup, or remove it "
                         "to have a new key made, which invalidates all that the old one signed or encrypted",
                         path, name, strlen(text));
    *key = text;
    return OK;
}

/* Writes a new random key under that name. */
static enum err make_key(void *arena, int directory, const char *path, const char *name, const char **key,
                         struct error *error)
{
    unsigned char bytes[KEY_BYTES];
    char *text = talloc_zero_array(arena, char, KEY_BYTES * 2 + 2);
    enum err err;

    if (!text)
        return error_set(error, ERR_MEMORY, "no memory");
    platform.random_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < KEY_BYTES; i++)
        (void)snprintf(text + i * 2, 3, "%02x", bytes[i]);
    explicit_bzero(bytes, sizeof bytes);
    text[KEY_BYTES * 2] = '\n';
    err = file_replace(directory, name, text, KEY_BYTES * 2 + 1, 0600, error);
    text[KEY_BYTES * 2] = '\0';
    *key = text;
    if (!err)
        log_message(LOG_INFO, "made a new key and keep it in %s/%s", path, name);
    return err;
}

/* The key of that name in the data directory; made when missing. */
static enum err kept_key(void *arena, const struct data_dir *dir, const char *name, const char **key,
                         struct error *error)
{
    enum err err = read_key(arena, dir->fd, dir->path, name, key, error);

    return err == ERR_NOT_FOUND ? make_key(arena, dir->fd, dir->path, name, key, error) : err;
}

const char *installation_key_problem(const char *key)
{
    if (strcmp(key, "replace-me") == 0)
        return "is the well-known default";
    return strlen(key) < KEY_LEAST ? "is shorter than 16 characters" : NULL;
}

static enum err check_key(const char *name, const char *key, bool development, struct error *error)
{
    const char *problem = installation_key_problem(key);

    if (!problem)
        return OK;
    if (!development)
        return error_set(
            error, ERR_REFUSED,
            "%s %s: set a random one (for example from `openssl rand -hex 32`), or unset it to have orgd make and "
            "keep one",
            name, problem);
    log_message(LOG_WARNING, "%s %s; accepted because ORGD_DEVELOPMENT is on", name, problem);
    return OK;
}

static enum err settle_key(void *arena, const struct data_dir *dir, bool development, const char *name,
                           const char *file, const char **key, struct error *error)
{
    if (given(*key))
        return check_key(name, *key, development, error);
    return kept_key(arena, dir, file, key, error);
}

/* Sets the administration key: the configured one, the kept one, or AGENTA_AUTH_KEY, which must be set already. */
static enum err settle_admin_key(void *arena, const struct data_dir *dir, struct config *config, struct error *error)
{
    enum err err;

    if (given(config->admin_key))
        return check_key("ORGD_ADMIN_KEY", config->admin_key, config->development, error);
    err = read_key(arena, dir->fd, dir->path, "admin-key", &config->admin_key, error);
    if (err != ERR_NOT_FOUND)
        return err;
    config->admin_key = config->auth_key;
    return OK;
}

/*
 * Sets the second accepted key: the configured one, or the previous one in the data directory when the key itself is
 * kept there too. Removes an expired one.
 */
static enum err settle_accepted(void *arena, const struct data_dir *dir, bool kept, const char *file,
                                int64_t lifetime_s, struct accepted *accepted, struct error *error)
{
    struct stat status;
    int64_t until_s;

    accepted->until_us = INT64_MAX;
    if (given(*accepted->key) || !kept || fstatat(dir->fd, file, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return OK;
    until_s = (int64_t)status.st_mtim.tv_sec + lifetime_s;
    if (until_s * SECOND <= platform.realtime_us()) {
        (void)unlinkat(dir->fd, file, 0);
        return OK;
    }
    accepted->until_us = until_s * SECOND;
    return read_key(arena, dir->fd, dir->path, file, accepted->key, error);
}

enum err installation_keys_settle(void *arena, const struct data_dir *dir, struct config *config, struct error *error)
{
    bool auth_kept = !given(config->auth_key), crypt_kept = !given(config->crypt_key);
    struct accepted auth = {.key = &config->auth_key_accepted}, crypt = {.key = &config->crypt_key_accepted};
    enum err err = settle_key(arena, dir, config->development, "AGENTA_AUTH_KEY", AUTH_FILE, &config->auth_key, error);

    if (!err)
        err = settle_admin_key(arena, dir, config, error);
    if (!err)
        err = settle_key(arena, dir, config->development, "AGENTA_CRYPT_KEY", CRYPT_FILE, &config->crypt_key, error);
    if (!err)
        err = settle_accepted(arena, dir, auth_kept, AUTH_FILE PREVIOUS, AUTH_ACCEPTED_S, &auth, error);
    if (!err)
        err = settle_accepted(arena, dir, crypt_kept, CRYPT_FILE PREVIOUS, CRYPT_ACCEPTED_S, &crypt, error);
    config->auth_key_accepted_until_us = auth.until_us;
    return err;
}

/* ---- rotation ---- */

static const struct {
    const char *name, *variable, *file;
    bool keeps; /* data signed or encrypted with it outlives the rotation */
} rotatable[] = {
    [INSTALLATION_KEY_ADMIN] = {"admin", "ORGD_ADMIN_KEY", "admin-key", false},
    [INSTALLATION_KEY_AUTH] = {"auth", "AGENTA_AUTH_KEY", AUTH_FILE, true},
    [INSTALLATION_KEY_CRYPT] = {"crypt", "AGENTA_CRYPT_KEY", CRYPT_FILE, true},
};

const char *installation_key_variable(enum installation_key key)
{
    return rotatable[key].variable;
}

bool installation_key_find(const char *name, enum installation_key *key)
{
    for (size_t i = 0; i < sizeof rotatable / sizeof *rotatable; i++) {
        *key = (enum installation_key)i;
        if (strcmp(rotatable[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Keeps the key to be replaced. Refuses while the previous one is still needed: a second rotation would lose it. */
static enum err keep_previous(void *arena, int fd, const char *path, enum installation_key key, struct error *error)
{
    const char *file = rotatable[key].file, *old = NULL;
    const char *previous = talloc_asprintf(arena, "%s" PREVIOUS, file);
    struct stat status;
    char *line;
    enum err err;

    if (!previous)
        return error_set(error, ERR_MEMORY, "no memory");
    if (key == INSTALLATION_KEY_CRYPT && fstatat(fd, previous, &status, AT_SYMLINK_NOFOLLOW) == 0)
        return error_set(
            error, ERR_REFUSED,
            "%s/%s is still needed by sessions that were not used since the last rotation: when the server "
            "was restarted since, remove that file to end them, and repeat this",
            path, previous);
    err = read_key(arena, fd, path, file, &old, error);
    if (err == ERR_NOT_FOUND)
        return error_set(error, ERR_REFUSED, "there is no key in %s/%s yet; the first start makes one", path, file);
    if (err)
        return err;
    line = talloc_asprintf(arena, "%s\n", old);
    return line ? file_replace(fd, previous, line, strlen(line), 0600, error)
                : error_set(error, ERR_MEMORY, "no memory");
}

/* As root, gives the files to the owner of the directory. */
static enum err hand_over_files(int fd, const char *file, struct error *error)
{
    struct stat status;
    char previous[64];

    (void)snprintf(previous, sizeof previous, "%s" PREVIOUS, file);
    if (geteuid() != 0)
        return OK;
    if (fstat(fd, &status) != 0 || fchownat(fd, file, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0 ||
        (fchownat(fd, previous, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0 && errno != ENOENT))
        return error_set(error, ERR_SYSTEM, "cannot give %s to the user of the data directory: %m", file);
    return OK;
}

enum err installation_key_rotate(void *arena, const struct config *config, enum installation_key key,
                                 struct error *error)
{
    const char *path, *made;
    enum err err = data_dir_path(arena, config, &path, error);
    int fd;

    if (err)
        return err;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || faccessat(fd, "orgd.id", F_OK, AT_SYMLINK_NOFOLLOW) != 0)
        err = error_set(error, ERR_REFUSED, "%s is not a data directory of orgd; the first start makes one", path);
    if (!err && rotatable[key].keeps)
        err = keep_previous(arena, fd, path, key, error);
    if (!err)
        err = make_key(arena, fd, path, rotatable[key].file, &made, error);
    if (!err)
        err = hand_over_files(fd, rotatable[key].file, error);
    if (fd >= 0)
        (void)close(fd);
    return err;
}
