/* Counts what is served, and prints the counts for Prometheus. */
#ifndef ORGD_HTTP_METRICS_H
#define ORGD_HTTP_METRICS_H

#include <stdint.h>

#include "base/buffer.h"
#include "http/http.h"

enum metric_kind { METRIC_GAUGE, METRIC_COUNTER };

/*
 * Registers a value that is read whenever the counts are printed. Call before the server runs; `name`, `labels` and
 * `help` are borrowed for ever. `labels` is what stands between the braces (`lane="slow"`), or NULL; values of one name
 * are registered one after the other. `read` runs on the I/O thread with `context`: it must not wait. Beyond
 * METRICS_MAX registrations, further ones are ignored.
 */
enum { METRICS_MAX = 128 };
void metrics_register(enum metric_kind kind, const char *name, const char *labels, const char *help,
                      double (*read)(void *context), void *context);
/* Forgets every registration with this context: before what it points at goes away. */
void metrics_forget(const void *context);

struct metrics;

/* A talloc child of `arena`; belongs to the I/O thread. NULL without memory. */
struct metrics *metrics_create(void *arena);

/* Counts one answered request; `route` is NULL when none matched. */
void metrics_observe(struct metrics *metrics, const struct route *route, enum method method, int status,
                     int64_t duration_us);

/* Appends everything, registered values and process figures included, as Prometheus text (format 0.0.4). */
void metrics_print(const struct metrics *metrics, struct buffer *out);

#endif
