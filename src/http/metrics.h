/* Counts requests, and prints the counts for Prometheus. */
#ifndef ORGD_HTTP_METRICS_H
#define ORGD_HTTP_METRICS_H

#include <stdint.h>

#include "base/buffer.h"
#include "http/http.h"

enum metric_kind { METRIC_GAUGE, METRIC_COUNTER };

/*
 * Registers a value that is read whenever the counts are printed. Call it before the server runs. `name`, `labels` and
 * `help` are borrowed for the life of the process. `labels` is the text between the braces (`pool="slow"`), or NULL.
 * Values of one name must be registered in sequence. `read` runs on the I/O thread with `context` and must not block.
 * Registrations beyond METRICS_MAX are ignored.
 */
enum { METRICS_MAX = 128 };
void metrics_register(enum metric_kind kind, const char *name, const char *labels, const char *help,
                      double (*read)(void *context), void *context);
/* Removes every registration with this context. Call it before the context is freed. */
void metrics_forget(const void *context);

struct metrics;

/* Creates the counters as a talloc child of `arena`, for the I/O thread only. NULL without memory. */
struct metrics *metrics_create(void *arena);

/* Counts one answered request. `route` is NULL when no route matched. */
void metrics_observe(struct metrics *metrics, const struct route *route, enum method method, int status,
                     int64_t duration_us);

/* Appends all counts, registered values and process figures as Prometheus text (format 0.0.4). */
void metrics_print(const struct metrics *metrics, struct buffer *out);

#endif
