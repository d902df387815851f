/* Opens additional database connections for the operator's endpoints. */
#include "admin/database_connect.h"

#include "base/platform.h"
#include "runtime/readiness.h"

enum { CONNECT_MS = 3000, LOCK_MS = 3000, STATEMENT_MS_LEAST = 100 };

enum err operator_connect(struct request *req, enum database database, struct db **db)
{
    int64_t left_ms = (req->deadline_us - platform.monotonic_us()) / 1000;
    struct db_options options = {.uri = readiness_uri(database),
                                 .name = "orgd operator",
                                 .connect_ms = CONNECT_MS,
                                 .statement_ms = left_ms > STATEMENT_MS_LEAST ? left_ms : STATEMENT_MS_LEAST,
                                 .lock_ms = LOCK_MS};

    if (!options.uri)
        return ERR_UNAVAILABLE;
    *db = db_create(req->arena, &options);
    if (!*db)
        return ERR_MEMORY;
    return db_connect(*db, &req->error);
}

enum err operator_failed(struct request *req, const struct error *error)
{
    if (error->code == ERR_REFUSED || error->code == ERR_PARSE)
        return reply_detail(req, 409, error->cause);
    req->error = *error;
    return error->code;
}
