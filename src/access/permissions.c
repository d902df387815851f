/* Answers permission checks: in the open edition every member may do everything. */
#include "access/permissions.h"

#include <string.h>

#include "base/json.h"
#include "identity/identity.h"

const struct field permission_check_parameters[PERMISSION_CHECK_PARAMETERS] = {
    {.name = "action", .type = FIELD_STRING, .nullable = true},
    {.name = "scope_type", .type = FIELD_STRING, .nullable = true},
    {.name = "scope_id", .type = FIELD_UUID, .nullable = true},
    {.name = "resource_type", .type = FIELD_STRING, .nullable = true},
    {.name = "resource_id", .type = FIELD_UUID, .nullable = true},
};

enum err permissions_check(struct request *req)
{
    struct buffer body = buffer_make(req->arena, 64 << 10);
    bool raw = strncmp(req->authorization, "Secret ", 7) != 0 && strncmp(req->authorization, "ApiKey ", 7) != 0;

    json_open(&body, '{');
    json_key(&body, "effect");
    json_text(&body, "allow");
    json_key(&body, "credentials");
    if (raw) { /* a key sent without its scheme is answered with it */
        struct buffer credentials = buffer_make(req->arena, 32 << 10);
        buffer_format(&credentials, "ApiKey %s", req->authorization);
        json_text(&body, buffer_string(&credentials));
    } else {
        json_text(&body, req->authorization);
    }
    json_close(&body, '}');
    return reply_buffer(req, 200, &body);
}
