/* Checks the privileges of the database role before a migration. */
#include "migrate/privileges.h"

#include <talloc.h>

#include "base/buffer.h"
#include "migrate/statements.h"

enum { NAMES_MAX = 256 << 10 };

static void add_tables(const struct migrate_step *step, bool enterprise, struct buffer *names)
{
    const struct revision *revision = &step->chain->revisions[step->at];
    const struct script *script = step->down ? revision->down : &revision->up[enterprise ? EDITION_EE : EDITION_OSS];

    buffer_format(names, ",%s", step->chain->table);
    for (size_t i = 0; i < script->count; i++) {
        for (size_t k = 0; k < script->statements[i].lock_count; k++)
            buffer_format(names, ",%s", script->statements[i].locks[k].table);
    }
}

enum err migrate_check_privileges(struct db *db, const struct migrate_step *steps, size_t count, bool enterprise,
                                  void *arena, const char **lacks)
{
    struct buffer names = buffer_make(arena, NAMES_MAX);
    struct result result;
    enum err err = OK;

    *lacks = NULL;
    buffer_text(&names, "{alembic_version");
    for (size_t i = 0; i < count; i++)
        add_tables(&steps[i], enterprise, &names);
    buffer_char(&names, '}');
    if (!buffer_string(&names))
        return ERR_MEMORY;
    TRY(DB_RUN(db, migrate_lacks, &result, param_text(buffer_string(&names))));
    if (result_rows(&result) > 0) {
        *lacks =
            talloc_asprintf(arena, "the role %s cannot carry this out: %s", result_text(&result, 0, MIGRATE_LACKS_ROLE),
                            result_text(&result, 0, MIGRATE_LACKS_LACKS));
        err = *lacks ? OK : ERR_MEMORY;
    }
    result_clear(&result);
    return err;
}
