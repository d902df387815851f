/* Runs `orgd doctor` and `orgd schema grants`. */
#include "commands/doctor.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "auth/signing_keys.h"
#include "base/file.h"
#include "base/json.h"
#include "base/platform.h"
#include "migrate/migrate.h"
#include "runtime/database_set.h"
#include "runtime/installation_keys.h"
#include "runtime/rights.h"
#include "runtime/statements.h"

#define OUTPUT_MAX ((size_t)1 << 20)

enum {
    FINDINGS_MAX = 128,
    CONNECT_MS = 10000,
    STATEMENT_MS = 60000,
    CLOCK_US = 2000000, /* codes, tokens and leases use both clocks */
    KEY_MAX = 1024,     /* bytes of a kept key and its line feed */
};

enum level { GOOD, NOTE, PROBLEM };

struct finding {
    const char *code;
    enum level level;
    const char *text;
};

struct doctor {
    void *arena;
    struct config config; /* with the kept keys, as far as they can be read */
    const char *directory;
    struct database_set database_set;
    struct finding findings[FINDINGS_MAX];
    size_t count;
    bool failed; /* no memory */
};

const struct option_row doctor_options[] = {
    {.name = "json", .help = "Print JSON"},
    {0},
};

const struct option_row schema_grants_options[] = {
    {.name = "program", .value = "ROLE", .help = "The role of the server; default: orgd_program"},
    {.name = "reader", .value = "ROLE", .help = "A read-only role without access to secrets; default: none"},
    {0},
};

static void PRINTF_LIKE(4, 5) find(struct doctor *doctor, const char *code, enum level level, const char *format, ...)
{
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = talloc_vasprintf(doctor->arena, format, arguments);
    va_end(arguments);
    if (!text || doctor->count == FINDINGS_MAX)
        doctor->failed = true;
    else
        doctor->findings[doctor->count++] = (struct finding){code, level, text};
}

/* ---- keys ---- */

/* The kept key, or NULL after a finding about it. */
static const char *look_at_kept(struct doctor *doctor, const char *name, const char *file, bool needed)
{
    const char *path = talloc_asprintf(doctor->arena, "%s/%s", doctor->directory, file);
    struct error error = {0};
    struct stat status;
    char *key = NULL;
    enum err err = path ? file_read(doctor->arena, AT_FDCWD, path, KEY_MAX, &key, &error) : ERR_MEMORY;

    if (err == ERR_NOT_FOUND && !needed)
        return NULL;
    if (err == ERR_NOT_FOUND) {
        find(doctor, "key", NOTE, "%s is not set and not kept yet; the first start makes one", name);
        return NULL;
    }
    if (err) {
        find(doctor, "key", PROBLEM, "%s: %s", name, error.cause);
        return NULL;
    }
    key[strcspn(key, "\r\n")] = '\0';
    if (stat(path, &status) == 0 && (status.st_mode & 077) != 0)
        find(doctor, "key", PROBLEM, "%s is kept in %s, which others may read: chmod 600 it", name, path);
    else if (installation_key_problem(key))
        find(doctor, "key", PROBLEM, "%s, kept in %s, %s", name, path, installation_key_problem(key));
    else
        find(doctor, "key", GOOD, "%s is kept in %s", name, path);
    return key;
}

static void look_at_key(struct doctor *doctor, const char *name, const char *file, bool needed, const char **key)
{
    const char *problem;

    if (!*key || !**key) {
        *key = look_at_kept(doctor, name, file, needed);
        return;
    }
    problem = installation_key_problem(*key);
    if (problem)
        find(doctor, "key", PROBLEM, "%s %s", name, problem);
    else
        find(doctor, "key", GOOD, "%s is set", name);
}

static void look_at_keys(struct doctor *doctor)
{
    struct config *config = &doctor->config;

    look_at_key(doctor, "AGENTA_AUTH_KEY", "auth-key", true, &config->auth_key);
    look_at_key(doctor, "AGENTA_CRYPT_KEY", "crypt-key", true, &config->crypt_key);
    look_at_key(doctor, "ORGD_ADMIN_KEY", "admin-key", false, &config->admin_key);
    if (!config->admin_key || !*config->admin_key)
        find(
            doctor, "key", NOTE,
            "ORGD_ADMIN_KEY is not set, so every holder of AGENTA_AUTH_KEY, such as Agenta's services, is an administrator");
    else if (config->auth_key && strcmp(config->admin_key, config->auth_key) == 0)
        find(doctor, "key", PROBLEM, "ORGD_ADMIN_KEY and AGENTA_AUTH_KEY are the same");
}

/* ---- the data directory ---- */

static void look_at_directory(struct doctor *doctor)
{
    struct stat status;

    if (stat(doctor->directory, &status) != 0)
        find(doctor, "data-directory", NOTE, "the data directory %s cannot be examined: %m", doctor->directory);
    else if ((status.st_mode & 067) != 0)
        find(doctor, "data-directory", PROBLEM, "others may enter the data directory %s: chmod 700 it",
             doctor->directory);
    else
        find(doctor, "data-directory", GOOD, "only its user may read the data directory %s", doctor->directory);
}

/* ---- the databases ---- */

static void look_at_rights(struct doctor *doctor, struct db *db, const char *name)
{
    bool own = doctor->database_set.private_cluster;
    struct result rows;

    if (rights_look(db, doctor->arena, own, &rows)) {
        find(doctor, "rights", PROBLEM, "the %s database: %s", name, db_error(db)->cause);
        return;
    }
    for (int row = 0; row < result_rows(&rows); row++)
        find(doctor, result_bool(&rows, row, RIGHTS_EXCESS) ? "rights-beyond" : "rights-lacking", PROBLEM,
             "the %s database: %s", name, result_text(&rows, row, RIGHTS_TEXT));
    if (result_rows(&rows) == 0)
        find(doctor, "rights", GOOD,
             own ? "the %s database: the program's role owns it, and can do nothing outside of it"
                 : "the %s database: the program's role has the rights it needs, and no others",
             name);
    result_clear(&rows);
}

static void look_at_clock(struct doctor *doctor, struct db *db)
{
    int64_t before = platform.realtime_us(), after, theirs, ahead;
    struct result row;

    if (DB_RUN(db, doctor_clock, &row)) {
        find(doctor, "clock", PROBLEM, "the clock of the database: %s", db_error(db)->cause);
        return;
    }
    after = platform.realtime_us();
    theirs = result_int(&row, 0, DOCTOR_CLOCK_NOW_US);
    ahead = theirs > after ? theirs - after : theirs < before ? theirs - before : 0;
    if (ahead > CLOCK_US || ahead < -CLOCK_US)
        find(doctor, "clock", PROBLEM, "the clock of the database is %.1f s %s of this one",
             (double)(ahead < 0 ? -ahead : ahead) / 1e6, ahead < 0 ? "behind" : "ahead");
    else
        find(doctor, "clock", GOOD, "the clock of the database and this one agree");
    result_clear(&row);
}

static void look_at_signing_keys(struct doctor *doctor, struct db *db)
{
    int count, strange;

    if (!doctor->config.crypt_key) /* reported already */
        return;
    if (signing_keys_count(db, &doctor->config, &count, &strange))
        find(doctor, "signing-keys", PROBLEM, "the signing keys of sessions: %s", db_error(db)->cause);
    else if (strange > 0)
        find(doctor, "signing-keys", PROBLEM,
             "%d of %d signing keys of sessions cannot be opened with AGENTA_CRYPT_KEY", strange, count);
    else
        find(doctor, "signing-keys", GOOD, "%d signing keys of sessions, all of this AGENTA_CRYPT_KEY", count);
}

static void look_at_database(struct doctor *doctor, enum database database)
{
    const char *name = migrate_database_name(database);
    struct db_options options = {.uri = doctor->database_set.uris[database],
                                 .name = "orgd doctor",
                                 .connect_ms = CONNECT_MS,
                                 .statement_ms = STATEMENT_MS};
    struct db *db = db_create(doctor->arena, &options);
    struct migrate_state state;
    struct error error = {0};

    if (!db || db_connect(db, &error)) {
        find(doctor, "database", PROBLEM, "the %s database: %s", name, db ? error.cause : "no memory");
        return;
    }
    if (migrate_state(db, database, config_is_enterprise(&doctor->config), MIGRATE_TO_HEAD, &state, &error)) {
        find(doctor, "database", PROBLEM, "%s", error.cause);
    } else if (state.condition != MIGRATE_CURRENT) {
        find(doctor, "database", PROBLEM, "%s", state.sentence);
    } else {
        find(doctor, "database", GOOD, "the %s database exists and is up to date", name);
        look_at_rights(doctor, db, name);
        if (database == DATABASE_CORE) {
            look_at_clock(doctor, db);
            look_at_signing_keys(doctor, db);
        }
    }
    db_close(db);
}

/* Opens the databases first: root then becomes the user that may read the keys. */
static void look_at_all(struct doctor *doctor)
{
    struct error error = {0};
    enum err err = database_set_check(doctor->arena, &doctor->config, &error);
    bool opened = false;

    if (!err) {
        err = database_set_open(doctor->arena, &doctor->config, DATABASE_SET_COMMAND, &doctor->database_set, &error);
        opened = !err;
    }
    if (!err)
        err = database_set_start(doctor->arena, &doctor->config, &doctor->database_set, &error);
    look_at_directory(doctor);
    look_at_keys(doctor);
    if (err)
        find(doctor, "database", PROBLEM, "%s", error.cause);
    for (int i = 0; !err && i < DATABASE_COUNT; i++)
        look_at_database(doctor, (enum database)i);
    if (opened)
        database_set_close(&doctor->database_set);
}

/* ---- findings ---- */

static const char *const levels[] = {"ok", "note", "problem"};

static void write_text(const struct doctor *doctor, struct buffer *out)
{
    for (size_t i = 0; i < doctor->count; i++)
        buffer_format(out, "%-8s %s\n", levels[doctor->findings[i].level], doctor->findings[i].text);
}

static void write_json(const struct doctor *doctor, bool healthy, struct buffer *out)
{
    json_open(out, '{');
    json_key(out, "healthy");
    json_bool(out, healthy);
    json_key(out, "checks");
    json_open(out, '[');
    for (size_t i = 0; i < doctor->count; i++) {
        JSON_OBJECT(out, member_text("code", doctor->findings[i].code),
                    member_text("status", levels[doctor->findings[i].level]),
                    member_text("text", doctor->findings[i].text));
    }
    json_close(out, ']');
    json_close(out, '}');
    buffer_char(out, '\n');
}

int doctor_run(const struct config *config, const struct options *options)
{
    struct doctor *doctor = talloc_zero(options->arena, struct doctor);
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct error error = {0};
    bool healthy = true;
    int status;
    enum err err = doctor ? OK : error_set(&error, ERR_MEMORY, "no memory");

    if (!err) {
        *doctor = (struct doctor){.arena = options->arena, .config = *config};
        err = data_dir_path(options->arena, config, &doctor->directory, &error);
    }
    if (err)
        return command_failed(&error);
    look_at_all(doctor);
    for (size_t i = 0; i < doctor->count; i++)
        healthy = healthy && doctor->findings[i].level != PROBLEM;
    if (option_given(options, "json"))
        write_json(doctor, healthy, &out);
    else
        write_text(doctor, &out);
    out.failed = out.failed || doctor->failed;
    status = command_output(&out);
    return status != STATUS_DONE || healthy ? status : STATUS_NO;
}

int schema_grants_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    const char *program = option_value(options, "program"), *reader = option_value(options, "reader");
    struct error error = {0};

    (void)config;
    program = program ? program : "orgd_program";
    if (!rights_name_is_plain(program) || (reader && !rights_name_is_plain(reader))) {
        (void)error_set(&error, ERR_USAGE, "the name of a role must consist of a-z, 0-9 and _");
        return command_failed(&error);
    }
    rights_write_grants(program, reader, &out);
    return command_output(&out);
}
