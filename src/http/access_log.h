/* One structured log line for each request. */
#ifndef ORGD_HTTP_ACCESS_LOG_H
#define ORGD_HTTP_ACCESS_LOG_H

#include "http/exchange.h"

struct access_line {
    const struct request *req; /* only what was read from the head */
    const struct route *route; /* NULL: none matched */
    int status;
    int64_t duration_us, database_us;
    size_t bytes;      /* sent, head and body */
    const char *user;  /* NULL: not known */
    const char *cause; /* of a 5xx; NULL for none */
};

/* The query string, which may hold secrets, is left out, and so is every header. */
void access_log(const struct access_line *line);

#endif
