/* Answers the health checks from the latest readiness check. */
#include "runtime/health.h"

#include "runtime/readiness.h"

enum { REPORT_MAX = 8 << 10 };

enum err health_alive(struct request *req)
{
    return reply_json(req, 200, "{\"status\":\"ok\"}");
}

enum err health_ready(struct request *req)
{
    struct buffer out = buffer_make(req->arena, REPORT_MAX);
    bool ready = gate_report(&out);

    return reply_buffer(req, ready ? 200 : 503, &out);
}
