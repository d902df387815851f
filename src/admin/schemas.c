/* Dumps the schemas of the databases, and compares dumps. */
#include "admin/schemas.h"

#include <string.h>

#include "admin/database_connect.h"
#include "base/json.h"
#include "migrate/migrate.h"
#include "schema/dump.h"
#include "schema/parity.h"
#include "schema/report.h"

enum { DUMP_MAX = 64 << 20, REPORT_MAX = 64 << 20 };

const struct field schemas_dump_parameters[] = {
    {.name = "database", .type = FIELD_STRING, .required = true},
    {.name = "full", .type = FIELD_BOOL, .initial = "false"},
    {0},
};
static const struct field dump_fields[] = {
    {.name = "database", .type = FIELD_STRING, .required = true},
    {.name = "dump", .type = FIELD_STRING, .required = true},
};
const struct model schemas_dump_answer = MODEL("SchemaDump", dump_fields, NULL);

const struct field schemas_diff_parameters[] = {
    {.name = "format", .type = FIELD_STRING, .initial = "\"json\""},
    {0},
};

static const struct field diff_fields[] = {
    {.name = "a", .type = FIELD_STRING, .nullable = true, .max = TEXT_UNLIMITED},
    {.name = "a_database", .type = FIELD_STRING, .nullable = true},
    {.name = "b", .type = FIELD_STRING, .nullable = true, .max = TEXT_UNLIMITED},
    {.name = "b_database", .type = FIELD_STRING, .nullable = true},
};

/* The database of that name, or -1. */
static int database_of(const char *name)
{
    for (int i = 0; name && i < DATABASE_COUNT; i++)
        if (strcmp(name, migrate_database_name((enum database)i)) == 0)
            return i;
    return -1;
}

static bool side_is_sound(const json_t *object, const char *dump, const char *database)
{
    const char *name = json_member_text(object, database);

    return json_is_string(json_object_get(object, dump)) ? name == NULL : database_of(name) >= 0;
}

static const char *check_sides(const json_t *object)
{
    if (side_is_sound(object, "a", "a_database") && side_is_sound(object, "b", "b_database"))
        return NULL;
    return "Value error, Each side is the text of a dump (a, b) or a database, core or tracing (a_database, b_database).";
}

const struct model schemas_diff_body = MODEL("SchemaDiffRequest", diff_fields, check_sides);

/* ---- handlers ---- */

static enum err dump(struct request *req, enum database database, bool full, struct buffer *out, struct error *error)
{
    struct schema_dump_options options = {.full = full};
    struct db *db;
    enum err err = operator_connect(req, database, &db);

    if (!err)
        return schema_dump(db, &options, out, error);
    return error_set(error, err, "%s", req->error.cause);
}

enum err schemas_dump(struct request *req)
{
    const char *full = query_value(req, "full");
    int database = database_of(query_value(req, "database"));
    struct buffer text = buffer_make(req->arena, DUMP_MAX);
    struct buffer out = buffer_make(req->arena, DUMP_MAX);
    struct error error = {0};

    if (database < 0)
        return reply_detail(req, 400, "There are two databases: core and tracing.");
    if (dump(req, (enum database)database, full && strcmp(full, "true") == 0, &text, &error) != OK)
        return operator_failed(req, &error);
    json_open(&out, '{');
    json_key(&out, "database");
    json_text(&out, migrate_database_name((enum database)database));
    json_key(&out, "dump");
    json_text_n(&out, text.data, text.len);
    json_close(&out, '}');
    return reply_buffer(req, 200, &out);
}

/* Reads one side, which check_sides has checked; `name` is its name in a refusal. */
static enum err read_side(struct request *req, const char *name, const char *text_key, const char *database_key,
                          struct schema_document *document, struct error *error)
{
    const char *text = body_text(req, text_key);
    struct buffer made = buffer_make(req->arena, DUMP_MAX);
    struct error cause = {0};
    enum err err = OK;

    if (!text) {
        /* with --full: sections of only one side are not compared */
        err = dump(req, (enum database)database_of(body_text(req, database_key)), true, &made, error);
        text = err ? NULL : buffer_string(&made);
    }
    if (err || !text)
        return err ? err : error_set(error, ERR_MEMORY, "no memory");
    err = schema_document_read(req->arena, text, strlen(text), document, &cause);
    return err ? error_set(error, err, "%s: %.400s", name, cause.cause) : OK;
}

static enum err answer_html(struct request *req, const struct schema_document *a, const struct schema_document *b,
                            const struct schema_differences *found)
{
    struct buffer out = buffer_make(req->arena, REPORT_MAX);

    schema_report_html(&out, a, b, found);
    req->reply.content_type = "text/html; charset=utf-8";
    return reply_buffer(req, 200, &out);
}

enum err schemas_diff(struct request *req)
{
    const char *format = query_value(req, "format");
    struct buffer out = buffer_make(req->arena, REPORT_MAX), verdict = out, parity = out;
    struct schema_document a, b;
    struct schema_differences found;
    struct error error = {0};

    if (read_side(req, "A", "a", "a_database", &a, &error) != OK ||
        read_side(req, "B", "b", "b_database", &b, &error) != OK ||
        schema_diff(req->arena, &a, &b, &found, &error) != OK)
        return operator_failed(req, &error);
    if (format && strcmp(format, "html") == 0)
        return answer_html(req, &a, &b, &found);
    schema_report_verdict(&verdict, &found);
    schema_parity_json(&parity, &a, &b, &found);
    json_open(&out, '{');
    json_key(&out, "verdict");
    json_text(&out, buffer_string(&verdict));
    json_key(&out, "parity");
    json_raw_compact(&out, buffer_string(&parity));
    json_close(&out, '}');
    return reply_buffer(req, 200, &out);
}
