/* The health and description endpoints. */
#include "health.h"

#include "base/json.h"
#include "http/openapi.h"
#include "routes.h"

enum err health_check(struct request *req)
{
    return reply_json(req, 200, "{\"status\":\"ok\"}");
}

enum err health_ready(struct request *req)
{
    return reply_json(req, 200, "{\"status\":\"ok\"}");
}

enum err openapi_show(struct request *req)
{
    struct application app = application_make(req->config);
    struct buffer out = buffer_make(req->arena, 1 << 20);
    enum err code = openapi_write(&app, &out);

    return code == OK ? reply_buffer(req, 200, &out) : code;
}
