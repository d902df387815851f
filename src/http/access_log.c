/* Writes one structured log line for each request. */
#include "http/access_log.h"

#include <string.h>

#include "base/log.h"

enum { PATH_SHOWN_MAX = 512, SEGMENT_MAX = 64, SEGMENT_SHOWN = 8 };

/*
 * The path as received, without the query string. A segment longer than an id may be a key sent in the wrong place, so
 * only its beginning is shown.
 */
static const char *shown_path(const char *target, char *out)
{
    size_t path = strcspn(target, "?");
    size_t len = 0;

    for (size_t from = 0; from < path;) {
        size_t segment = strcspn(target + from, "/?");
        size_t shown = segment > SEGMENT_MAX ? SEGMENT_SHOWN : segment;

        if (len + shown + 5 > PATH_SHOWN_MAX)
            break;
        memcpy(out + len, target + from, shown);
        len += shown;
        if (shown < segment) {
            memcpy(out + len, "...", 3);
            len += 3;
        }
        from += segment;
        if (target[from] == '/') {
            out[len++] = '/';
            from++;
        } else {
            break;
        }
    }
    out[len] = '\0';
    return out;
}

void access_log(const struct access_line *line)
{
    const struct request *req = line->req;
    char path[PATH_SHOWN_MAX];
    struct log_field fields[12];
    size_t count = 0;

    fields[count++] = (struct log_field){"id", req->id, 0};
    fields[count++] = (struct log_field){"method", req->method ? method_name(req->method) : "", 0};
    fields[count++] = (struct log_field){"path", req->target ? shown_path(req->target, path) : "", 0};
    fields[count++] = (struct log_field){"route", line->route ? line->route->path : "", 0};
    fields[count++] = (struct log_field){"status", NULL, line->status};
    fields[count++] = (struct log_field){"duration_us", NULL, line->duration_us};
    fields[count++] = (struct log_field){"database_us", NULL, line->database_us};
    fields[count++] = (struct log_field){"bytes", NULL, (int64_t)line->bytes};
    fields[count++] = (struct log_field){"client", req->client, 0};
    if (line->user)
        fields[count++] = (struct log_field){"user", line->user, 0};
    if (line->cause)
        fields[count++] = (struct log_field){"cause", line->cause, 0};
    log_event(line->status == 500 ? LOG_ERROR : line->status > 500 ? LOG_WARNING : LOG_INFO, "request", fields, count);
}
