/* Log lines: built in one bounded buffer under a lock, written to stderr in one piece. */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/platform.h"
#include "base/utf8.h"

#define GATHER (32 * 1024)         /* bytes that make a write worth its system call */
#define LINE_MAX_BYTES (32 * 1024) /* a line that grows longer loses its last fields */
#define VALUE_MAX 1024             /* bytes of a field's value */
#define MESSAGE_MAX 4096           /* bytes of a message */
#define PATIENCE_MS 100            /* how long a reader that does not read may hold us up, once */

static const char *const level_names[] = {"debug", "info", "warning", "error"};

/* Everything below is guarded by `lock`, except the two that log_configure sets before there are threads. */
static enum log_level least_level = LOG_INFO;
static enum log_format line_format = LOG_LOGFMT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char pending[GATHER + LINE_MAX_BYTES];
static size_t pending_len;
static size_t line_limit;  /* where the line being built must end, its newline not counted */
static bool line_full;     /* the line being built met its limit */
static bool stuck;         /* the last write was given up: do not wait again before one succeeds */
static bool broken_line;   /* the last write ended within a line */
static int64_t lost_lines; /* given up since the last successful write */

/* Adds whole pieces only, so that a full line ends in no half escape. */
static void put_n(const char *text, size_t len)
{
    if (line_full || len > line_limit - pending_len) {
        line_full = true;
        return;
    }
    memcpy(pending + pending_len, text, len);
    pending_len += len;
}

static void put(const char *text)
{
    put_n(text, strlen(text));
}

static void put_escaped(uint32_t point)
{
    static const char shorthand[] = "\"\"\\\\\nn\rr\tt";
    char text[8];

    for (const char *pair = shorthand; *pair; pair += 2) {
        if ((unsigned char)pair[0] == point) {
            put_n((const char[]){'\\', pair[1]}, 2);
            return;
        }
    }
    (void)snprintf(text, sizeof text, "\\u%04x", point & 0xffffU); /* none that needs an escape lies beyond */
    put(text);
}

/* A byte that belongs to no character: shown as it is in logfmt, impossible in JSON. */
static void put_stray(unsigned char byte)
{
    char text[8];

    (void)snprintf(text, sizeof text, "\\x%02x", byte);
    put(line_format == LOG_JSON ? "\\ufffd" : text);
}

static void put_quoted(const char *text, size_t max)
{
    size_t len = strnlen(text, max + 4); /* enough to see a character that begins before the cut */
    const char *end = text + len;
    const char *cut = len > max ? text + max : end;

    put("\"");
    while (text < cut) {
        uint32_t point = 0;
        size_t bytes = utf8_read(text, end, &point);

        if (bytes > (size_t)(cut - text))
            break;
        if (bytes == 0)
            put_stray((unsigned char)*text);
        else if (point == '"' || point == '\\' || utf8_deceptive(point))
            put_escaped(point);
        else
            put_n(text, bytes);
        text += bytes ? bytes : 1;
    }
    put(cut < end ? "\xe2\x80\xa6\"" : "\"");
}

/* What logfmt shows without quotes: visible characters but for the quote, the backslash and the equals sign. */
static bool plain(const char *text)
{
    static const bool chars[256] = {['!'] = true, ['#' ... '<'] = true, ['>' ... '['] = true, [']' ... '~'] = true};
    size_t len = 0;

    while (chars[(unsigned char)text[len]])
        if (++len > VALUE_MAX)
            return false;
    return len > 0 && !text[len];
}

static bool harmless_in_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
}

static void put_key(const char *key)
{
    bool json = line_format == LOG_JSON;
    size_t len;

    put(json ? ",\"" : " ");
    for (; *key; key += len) {
        for (len = 0; harmless_in_key(key[len]); len++)
            ;
        if (len > 0)
            put_n(key, len);
        else
            put_n("_", len = 1);
    }
    put(json ? "\":" : "=");
}

static void put_number(int64_t number)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (number < 0)
        *--at = '-';
    put_n(at, (size_t)(digits + sizeof digits - at));
}

/* A field is there whole or not at all. */
static void put_field(const struct log_field *field)
{
    size_t before = pending_len;

    put_key(field->key);
    if (!field->text) {
        put_number(field->number);
    } else if (line_format == LOG_LOGFMT && plain(field->text)) {
        put(field->text);
    } else {
        put_quoted(field->text, VALUE_MAX);
    }
    if (line_full)
        pending_len = before;
}

/* The text of a second is kept, since many lines fall into one. */
static void put_time(void)
{
    static time_t kept = -1;
    static char text[64];
    int64_t now = platform.realtime_us();
    time_t seconds = (time_t)(now / 1000000);
    int micros = (int)(now % 1000000);
    char fraction[] = ".000000Z";
    struct tm tm = {0};

    if (seconds != kept) {
        (void)gmtime_r(&seconds, &tm);
        (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                       tm.tm_hour, tm.tm_min, tm.tm_sec);
        kept = seconds;
    }
    for (size_t digit = 6; digit > 0; digit--, micros /= 10)
        fraction[digit] = (char)('0' + micros % 10);
    put(text);
    put(fraction);
}

/* Adds one line to `pending`, which has room for it: it is emptied whenever it holds GATHER. */
static void put_line(enum log_level level, const char *message, const struct log_field *fields, size_t count)
{
    bool json = line_format == LOG_JSON;

    line_limit = pending_len + LINE_MAX_BYTES - 2;
    line_full = false;
    put(json ? "{\"time\":\"" : "time=");
    put_time();
    put(json ? "\",\"level\":\"" : " level=");
    put(level_names[level]);
    put(json ? "\",\"message\":" : " message=");
    put_quoted(message, MESSAGE_MAX);
    for (size_t i = 0; i < count && !line_full; i++)
        put_field(&fields[i]);
    if (json)
        pending[pending_len++] = '}';
    pending[pending_len++] = '\n';
}

/* Writes as much as stderr takes within our patience; answers how much. A closed pipe must not end the program. */
static size_t write_patiently(const char *data, size_t len)
{
    const struct timespec none = {0};
    sigset_t pipe_signal;
    sigset_t old;
    size_t done = 0;

    (void)sigemptyset(&pipe_signal);
    (void)sigaddset(&pipe_signal, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe_signal, &old);
    while (done < len) {
        ssize_t wrote = write(STDERR_FILENO, data + done, len - done);
        struct pollfd writable = {.fd = STDERR_FILENO, .events = POLLOUT};

        if (wrote > 0) {
            done += (size_t)wrote;
            continue;
        }
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0 && errno == EPIPE)
            (void)sigtimedwait(&pipe_signal, NULL, &none);
        if (wrote < 0 && errno == EAGAIN && !stuck && poll(&writable, 1, PATIENCE_MS) > 0)
            continue;
        break;
    }
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    return done;
}

static int64_t count_lines(const char *text, size_t len)
{
    int64_t lines = 0;

    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    return lines;
}

/* Writes what is pending, and forgets it whether that worked or not. */
static void write_pending(void)
{
    size_t done = write_patiently(pending, pending_len);

    stuck = done < pending_len;
    if (done > 0)
        broken_line = pending[done - 1] != '\n';
    lost_lines += count_lines(pending + done, pending_len - done);
    pending_len = 0;
}

static void flush_pending(void)
{
    int64_t lost;

    if (pending_len == 0)
        return;
    if (broken_line && write_patiently("\n", 1) == 1)
        broken_line = false;
    write_pending();
    lost = lost_lines;
    if (lost == 0 || stuck)
        return;
    put_line(LOG_WARNING, "log lines were lost because nobody read them",
             &(struct log_field){.key = "lines", .number = lost}, 1);
    write_pending();
    if (!stuck)
        lost_lines = 0;
}

void log_configure(enum log_level least, enum log_format format)
{
    least_level = least;
    line_format = format;
}

void log_message(enum log_level level, const char *format, ...)
{
    int saved_errno = errno;
    char message[MESSAGE_MAX + 2];
    va_list arguments;
    int len;

    if (level < least_level)
        return;
    va_start(arguments, format);
    len = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    (void)pthread_mutex_lock(&lock);
    put_line(level, len < 0 ? format : message, NULL, 0);
    flush_pending();
    (void)pthread_mutex_unlock(&lock);
    errno = saved_errno;
}

void log_event(enum log_level level, const char *message, const struct log_field *fields, size_t count)
{
    int saved_errno = errno;

    if (level < least_level)
        return;
    (void)pthread_mutex_lock(&lock);
    put_line(level, message, fields, count);
    if (pending_len >= GATHER)
        flush_pending();
    (void)pthread_mutex_unlock(&lock);
    errno = saved_errno;
}

void log_flush(void)
{
    int saved_errno = errno;

    (void)pthread_mutex_lock(&lock);
    flush_pending();
    (void)pthread_mutex_unlock(&lock);
    errno = saved_errno;
}
