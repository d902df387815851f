/* Writes one structured log line for each request. */
#ifndef ORGD_HTTP_ACCESS_LOG_H
#define ORGD_HTTP_ACCESS_LOG_H

#include "http/exchange.h"

struct access_line {
    const struct request *req; /* only the fields read from the head */
    const struct route *route; /* NULL: no route matched */
    int status;
    int64_t duration_us, database_us;
    size_t bytes;      /* sent, including the head */
    const char *user;  /* NULL: unknown */
    const char *cause; /* of a 5xx; otherwise NULL */
};

/* Writes the line. The query string and all headers are left out, because they may hold secrets. */
void access_log(const struct access_line *line);

#endif
