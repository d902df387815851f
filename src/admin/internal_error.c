/* Writes the body of a 500 below /admin: it names the operation and has an id to quote. */
#include "admin/internal_error.h"

#include <talloc.h>
#include <time.h>

#include "base/json.h"
#include "base/platform.h"

enum { TIMESTAMP_SIZE = 40 };

static void add_support_headers(struct request *req)
{
    time_t now = (time_t)(platform.realtime_us() / 1000000);
    struct uuid id = uuid_v4();
    char *text = talloc_array(req->arena, char, UUID_TEXT_SIZE);
    char *timestamp = talloc_array(req->arena, char, TIMESTAMP_SIZE);
    struct tm parts;

    if (!text || !timestamp || !gmtime_r(&now, &parts) ||
        !strftime(timestamp, TIMESTAMP_SIZE, "%Y-%m-%dT%H:%M:%S+00:00", &parts))
        return;
    (void)reply_header(req, "x-ag-support-id", uuid_format(&id, text));
    (void)reply_header(req, "x-ag-support-ts", timestamp);
    (void)reply_header(req, "Access-Control-Expose-Headers", "x-ag-support-id, x-ag-support-ts");
}

void admin_internal_error(struct request *req, struct buffer *body)
{
    json_open(body, '{');
    json_key(body, "detail");
    JSON_OBJECT(body, member_text("message", error_row(ERR_ADMIN_UNEXPECTED)->text),
                member_text("operation_id", req->route->operation_id));
    json_close(body, '}');
    add_support_headers(req);
}
