/* Counts requests, and prints the counts for Prometheus. */
#include "http/metrics.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#ifndef ORGD_VERSION
#define ORGD_VERSION "unknown"
#endif

/* ---- registered values ---- */

struct registration {
    enum metric_kind kind;
    const char *name, *labels, *help;
    double (*read)(void *context);
    void *context;
};

static struct registration registrations[METRICS_MAX];
static size_t registration_count;

void metrics_register(enum metric_kind kind, const char *name, const char *labels, const char *help,
                      double (*read)(void *context), void *context)
{
    if (registration_count < METRICS_MAX)
        registrations[registration_count++] = (struct registration){kind, name, labels, help, read, context};
}

void metrics_forget(const void *context)
{
    size_t kept = 0;

    for (size_t i = 0; i < registration_count; i++)
        if (registrations[i].context != context)
            registrations[kept++] = registrations[i];
    registration_count = kept;
}

/* ---- counting ---- */

enum { SERIES_MAX = 1024, STATUSES_MAX = 12 };

/* Upper bounds of the latency buckets. */
static const struct {
    int64_t us;
    const char *seconds;
} buckets[] = {
    {500, "0.0005"}, {1000, "0.001"}, {2500, "0.0025"}, {5000, "0.005"}, {10000, "0.01"}, {25000, "0.025"},
    {50000, "0.05"}, {100000, "0.1"}, {250000, "0.25"}, {1000000, "1"},  {5000000, "5"},  {30000000, "30"},
};
enum { BUCKETS = sizeof buckets / sizeof *buckets };

/* One route and method. */
struct series {
    const struct route *route; /* NULL: no route matched */
    enum method method;        /* 0: an unknown method; the slot is free when `count` is 0 too */
    uint64_t count;
    int64_t sum_us;
    uint64_t within[BUCKETS]; /* not cumulative */
    struct {
        int status; /* 0: free; the last slot counts all further statuses, as 0 */
        uint64_t count;
    } statuses[STATUSES_MAX];
};

struct metrics {
    struct series series[SERIES_MAX]; /* hash table with open addressing by route and method */
};

struct metrics *metrics_create(void *arena)
{
    return talloc_zero(arena, struct metrics);
}

/* The table is far larger than the number of routes. If it is full, the last slot probed is shared. */
static struct series *series_of(struct metrics *metrics, const struct route *route, enum method method)
{
    size_t at = (((uintptr_t)route >> 3) * 31 + method) % SERIES_MAX;

    for (size_t attempts = 0; attempts < SERIES_MAX; attempts++) {
        struct series *series = &metrics->series[at];
        if (series->count == 0) {
            series->route = route;
            series->method = method;
        }
        if (series->route == route && series->method == method)
            return series;
        at = (at + 1) % SERIES_MAX;
    }
    return &metrics->series[at];
}

void metrics_observe(struct metrics *metrics, const struct route *route, enum method method, int status,
                     int64_t duration_us)
{
    struct series *series = series_of(metrics, route, method);
    size_t bucket = 0, slot = 0;

    series->count++;
    series->sum_us += duration_us;
    while (bucket < BUCKETS && duration_us > buckets[bucket].us)
        bucket++;
    if (bucket < BUCKETS)
        series->within[bucket]++;
    while (slot < STATUSES_MAX - 1 && series->statuses[slot].status && series->statuses[slot].status != status)
        slot++;
    if (slot < STATUSES_MAX - 1)
        series->statuses[slot].status = status;
    series->statuses[slot].count++;
}

/* ---- printing ---- */

static void print_header(struct buffer *out, const char *name, const char *kind, const char *help)
{
    buffer_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

/* Routes come from the program's own tables, so their texts need no escaping. */
static void print_labels(struct buffer *out, const struct series *series)
{
    const char *method = series->method ? method_name(series->method) : "";

    buffer_format(out, "{route=\"%s\",method=\"%s\"", series->route ? series->route->path : "", method);
}

static void print_requests(const struct metrics *metrics, struct buffer *out)
{
    static const char name[] = "orgd_http_requests_total";

    print_header(out, name, "counter", "Requests answered, by route pattern, method and status.");
    for (size_t i = 0; i < SERIES_MAX; i++) {
        const struct series *series = &metrics->series[i];
        for (size_t slot = 0; slot < STATUSES_MAX && series->count > 0; slot++) {
            if (series->statuses[slot].count == 0)
                continue;
            buffer_text(out, name);
            print_labels(out, series);
            buffer_format(out, ",status=\"%d\"} %llu\n", series->statuses[slot].status,
                          (unsigned long long)series->statuses[slot].count);
        }
    }
}

static void print_series_latency(const struct series *series, const char *name, struct buffer *out)
{
    unsigned long long total = 0;

    for (size_t bucket = 0; bucket <= BUCKETS; bucket++) {
        total = bucket < BUCKETS ? total + series->within[bucket] : series->count;
        buffer_format(out, "%s_bucket", name);
        print_labels(out, series);
        buffer_format(out, ",le=\"%s\"} %llu\n", bucket < BUCKETS ? buckets[bucket].seconds : "+Inf", total);
    }
    buffer_format(out, "%s_sum", name);
    print_labels(out, series);
    buffer_format(out, "} %.6f\n%s_count", (double)series->sum_us / 1e6, name);
    print_labels(out, series);
    buffer_format(out, "} %llu\n", (unsigned long long)series->count);
}

static void print_latency(const struct metrics *metrics, struct buffer *out)
{
    static const char name[] = "orgd_http_request_duration_seconds";

    print_header(out, name, "histogram", "Time from the complete request to the complete answer.");
    for (size_t i = 0; i < SERIES_MAX; i++)
        if (metrics->series[i].count > 0)
            print_series_latency(&metrics->series[i], name, out);
}

static void print_registered(struct buffer *out)
{
    for (size_t i = 0; i < registration_count; i++) {
        const struct registration *entry = &registrations[i];
        if (i == 0 || strcmp(registrations[i - 1].name, entry->name) != 0)
            print_header(out, entry->name, entry->kind == METRIC_GAUGE ? "gauge" : "counter", entry->help);
        buffer_text(out, entry->name);
        if (entry->labels)
            buffer_format(out, "{%s}", entry->labels);
        buffer_format(out, " %.15g\n", entry->read(entry->context));
    }
}

/* The resident memory in bytes, from /proc/self/statm; -1 when it cannot be read. */
static long resident_bytes(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    char *blank;

    if (fd >= 0)
        (void)close(fd);
    if (len <= 0)
        return -1;
    text[len] = '\0';
    blank = strchr(text, ' ');
    return blank ? strtol(blank, NULL, 10) * sysconf(_SC_PAGESIZE) : -1;
}

void metrics_print(const struct metrics *metrics, struct buffer *out)
{
    long resident = resident_bytes();

    print_header(out, "orgd_build_info", "gauge", "Always 1; the version is in the label.");
    buffer_text(out, "orgd_build_info{version=\"" ORGD_VERSION "\"} 1\n");
    if (resident >= 0) {
        print_header(out, "process_resident_memory_bytes", "gauge", "Resident memory.");
        buffer_format(out, "process_resident_memory_bytes %ld\n", resident);
    }
    print_registered(out);
    print_requests(metrics, out);
    print_latency(metrics, out);
}
