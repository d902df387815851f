/* Parses a request head strictly. */
#include "http/request_parser.h"

#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/text.h"

/* The longest request line: method, target, version and the blanks between them. */
enum { REQUEST_LINE_MAX = HTTP_TARGET_MAX + 32, METHOD_LENGTH_MAX = 16, VERSION_LENGTH = 8 };

/* ---- the end of the head ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether the character may be part of a method or field name. */
static bool is_token(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool looks_like_version(const char *text)
{
    return memcmp(text, "HTTP/", 5) == 0 && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
}

/* Checks the first line as soon as it is complete, so that clients of another protocol get an error at once. */
static enum err judge_first_line(const char *line, size_t len)
{
    const char *version;

    if (len < strlen("A / HTTP/1.1"))
        return ERR_HEAD_MALFORMED;
    version = line + len - VERSION_LENGTH;
    if (!looks_like_version(version) || version[-1] != ' ')
        return ERR_HEAD_MALFORMED;
    if (version[5] != '1' || version[7] > '1')
        return ERR_VERSION_UNSUPPORTED;
    return OK;
}

static enum err judge_line(struct head_scan *scan, const char *data, size_t end)
{
    enum err err = OK;

    if (end == scan->line || data[end - 1] != '\r')
        return ERR_HEAD_MALFORMED; /* a bare line feed: parsers differ on whether it ends a line */
    if (scan->lines == 0)
        err = judge_first_line(data + scan->line, end - 1 - scan->line);
    if (!err && scan->lines == 0 && end > REQUEST_LINE_MAX)
        err = ERR_URI_TOO_LONG;
    scan->lines++;
    return err;
}

enum err head_scan(struct head_scan *scan, const char *data, size_t len)
{
    if (len > 0 && !is_token(data[0]))
        return ERR_HEAD_MALFORMED;
    while (scan->at < len) {
        const char *found = memchr(data + scan->at, '\n', len - scan->at);
        size_t end = found ? (size_t)(found - data) : len;
        bool empty = end == scan->line + 1;

        scan->at = end;
        if (!found)
            break;
        TRY(judge_line(scan, data, end));
        scan->at = scan->line = end + 1;
        if (scan->at > HTTP_HEADERS_MAX || scan->lines > FRONT_DOOR_FIELDS_MAX + 2)
            return ERR_HEADERS_TOO_LARGE;
        if (empty)
            return OK;
    }
    if (scan->lines == 0 && scan->at > REQUEST_LINE_MAX)
        return ERR_URI_TOO_LONG;
    return scan->at > HTTP_HEADERS_MAX ? ERR_HEADERS_TOO_LARGE : ERR_AGAIN;
}

/* ---- the request line ---- */

static enum method method_of(const char *text)
{
    static const enum method all[] = {METHOD_GET,    METHOD_POST, METHOD_PUT,    METHOD_PATCH,
                                      METHOD_DELETE, METHOD_HEAD, METHOD_OPTIONS};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(text, method_name(all[i])) == 0)
            return all[i];
    return 0;
}

static bool is_host_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("-._~:[]!$&'()*+,;=%", c));
}

/* The part of the target that names the resource; NULL when the target has neither of the two accepted forms. */
static const char *origin_form(const char *target)
{
    const char *at = target;

    if (*at == '/')
        return at;
    if (strncasecmp(at, "http://", 7) == 0)
        at += 7;
    else if (strncasecmp(at, "https://", 8) == 0)
        at += 8;
    else
        return NULL;
    if (!is_host_char(*at))
        return NULL;
    while (is_host_char(*at))
        at++;
    return *at == '\0' ? "/" : *at == '/' || *at == '?' ? at : NULL;
}

/* Parsers differ on whether an escaped slash is a separator, so it is refused; so are control characters. */
static bool path_is_clean(const char *raw, size_t len, const char *decoded)
{
    for (size_t i = 0; i + 2 < len; i++)
        if (raw[i] == '%' && raw[i + 1] == '2' && (raw[i + 2] == 'f' || raw[i + 2] == 'F'))
            return false;
    for (; *decoded; decoded++)
        if ((unsigned char)*decoded < 0x20 || *decoded == 0x7f)
            return false;
    return true;
}

/* The API is served with and without one leading /api segment. */
static const char *without_prefix(const char *path)
{
    if (strncmp(path, "/api", 4) != 0 || (path[4] && path[4] != '/'))
        return path;
    return path[4] ? path + 4 : "/";
}

enum err target_parse(struct request *req, const char *target)
{
    const char *resource;
    size_t len;
    char *path;

    for (const char *at = target; *at; at++)
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f || *at == '#')
            return ERR_TARGET_INVALID;
    if (strlen(target) > HTTP_TARGET_MAX)
        return ERR_URI_TOO_LONG;
    resource = origin_form(target);
    if (!resource)
        return ERR_TARGET_INVALID;
    len = strcspn(resource, "?");
    req->query = resource[len] ? resource + len + 1 : "";
    if (memchr(resource, '%', len))
        path = text_percent_decode(req->arena, resource, len, false);
    else
        path = talloc_strndup(req->arena, len > 0 ? resource : "/", len > 0 ? len : 1);
    if (!path || !path_is_clean(resource, len, path))
        return ERR_TARGET_INVALID;
    req->path = without_prefix(path);
    req->prefixed = req->path != path;
    return OK;
}

/* Cuts `line` at its blanks. The version was checked when the line was found. */
static enum err read_request_line(struct request *req, char *line, size_t len, struct framing *framing)
{
    char *version = line + len - VERSION_LENGTH;
    char *target = memchr(line, ' ', len);

    if (memchr(line, '\0', len) || !target || target >= version - 1)
        return ERR_HEAD_MALFORMED;
    framing->http10 = version[7] == '0';
    framing->keep_alive = !framing->http10;
    version[-1] = '\0';
    *target++ = '\0';
    for (const char *at = line; *at; at++)
        if (!is_token(*at) || at - line >= METHOD_LENGTH_MAX)
            return ERR_HEAD_MALFORMED;
    req->method = method_of(line);
    req->target = target;
    return OK;
}

/* ---- the header fields ---- */

enum field_name {
    FIELD_HOST,
    FIELD_CONTENT_LENGTH,
    FIELD_TRANSFER_ENCODING,
    FIELD_AUTHORIZATION,
    FIELD_CONTENT_TYPE,
    FIELD_ORIGIN,
    FIELD_PREFLIGHT_METHOD,
    FIELD_PREFLIGHT_HEADERS,
    FIELD_REQUEST_ID,
    FIELD_EXPECT,
    FIELD_COOKIE, /* the fields from here on may be repeated: joined, each checked, or the last one counts */
    FIELD_FORWARDED_FOR,
    FIELD_CONNECTION,
    FIELD_ACCEPT_ENCODING,
    FIELD_ACCEPT,
    FIELD_IF_NONE_MATCH,
    FIELD_USER_AGENT,
    FIELD_NAMES,
};

static const char *const field_names[FIELD_NAMES] = {
    "host",
    "content-length",
    "transfer-encoding",
    "authorization",
    "content-type",
    "origin",
    "access-control-request-method",
    "access-control-request-headers",
    "x-request-id",
    "expect",
    "cookie",
    "x-forwarded-for",
    "connection",
    "accept-encoding",
    "accept",
    "if-none-match",
    "user-agent",
};

struct reading {
    struct request *req;
    struct framing *framing;
    const char *values[FIELD_NAMES];
    bool close, keep_alive; /* as Connection demands */
};

/* Whether the comma-separated list has the token, ignoring case; `rest` is the text after it, up to the next comma. */
static bool list_has(const char *list, const char *token, const char **rest)
{
    size_t len = strlen(token);

    while (*list) {
        list += strspn(list, ", \t");
        if (strncasecmp(list, token, len) == 0 && strchr(",; \t", list[len])) {
            *rest = list + len;
            return true;
        }
        list += strcspn(list, ",");
    }
    return false;
}

/* Whether the list names it with a quality above 0 (RFC 9110 12.4.2). */
static bool accepts(const char *value, const char *wanted)
{
    const char *rest;

    if (!list_has(value, wanted, &rest))
        return false;
    rest += strspn(rest, "; \t");
    if (strncasecmp(rest, "q=0", 3) != 0)
        return true;
    rest += 3 + strspn(rest + 3, ".0");
    return is_digit(*rest);
}

static void note_accepted(struct request *req, size_t field, const char *value)
{
    if (field == FIELD_ACCEPT) {
        req->accepts_html = req->accepts_html || accepts(value, "text/html");
        return;
    }
    req->accepts_gzip = req->accepts_gzip || accepts(value, "gzip");
    req->accepts_brotli = req->accepts_brotli || accepts(value, "br");
}

static void note_connection(struct reading *reading, const char *value)
{
    const char *rest;

    reading->close = reading->close || list_has(value, "close", &rest);
    reading->keep_alive = reading->keep_alive || list_has(value, "keep-alive", &rest);
}

static enum err note_field(struct reading *reading, const char *name, size_t len, const char *value)
{
    struct request *req = reading->req;
    size_t field = 0;

    while (field < FIELD_NAMES &&
           (strlen(field_names[field]) != len || strncasecmp(name, field_names[field], len) != 0))
        field++;
    if (field == FIELD_CONNECTION)
        note_connection(reading, value);
    else if (field == FIELD_ACCEPT_ENCODING || field == FIELD_ACCEPT)
        note_accepted(req, field, value);
    else if (field < FIELD_COOKIE && reading->values[field])
        return field == FIELD_CONTENT_LENGTH ? ERR_LENGTH_INVALID
               : field == FIELD_HOST         ? ERR_HOST_INVALID
                                             : ERR_FIELD_REPEATED;
    if (field < FIELD_NAMES)
        reading->values[field] = value;
    return OK;
}

/* Reads one line; a NUL replaces its end. */
static enum err read_field(struct reading *reading, char *line, size_t len)
{
    size_t name = 0;
    char *value;

    while (name < len && is_token(line[name]))
        name++;
    if (name == 0 || name == len || line[name] != ':')
        return ERR_FIELD_INVALID; /* folded lines and blanks before the colon are refused here too */
    value = line + name + 1;
    for (const char *at = value; at < line + len; at++)
        if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7f)
            return ERR_FIELD_INVALID;
    value += strspn(value, " \t");
    while (line + len > value && (line[len - 1] == ' ' || line[len - 1] == '\t'))
        line[--len] = '\0';
    return note_field(reading, line, name, value);
}

/*
 * The values of the fields of a name, joined in one pass over them. A line is as read_field leaves it: name, colon,
 * blanks, value, and a NUL at its end.
 */
static const char *join_fields(const struct request *req, const char *name, const char *separator)
{
    const char *end = req->fields + req->fields_len, *next, *only = NULL;
    struct buffer all = buffer_make(req->arena, 2 * req->fields_len + 1);
    size_t len = strlen(name), count = 0;

    for (const char *line = req->fields; line < end; line = next + 1) {
        next = memchr(line, '\n', (size_t)(end - line));
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            const char *value = line + len + 1;

            value += strspn(value, " \t");
            if (count == 1)
                buffer_text(&all, only);
            if (count++ > 0)
                buffer_format(&all, "%s%s", separator, value);
            only = value;
        }
    }
    return count > 1 ? buffer_string(&all) : only;
}

const char *request_header(const struct request *req, const char *name)
{
    return join_fields(req, name, ", ");
}

/* ---- evaluation of the fields ---- */

static enum err read_length(const char *value, struct framing *framing)
{
    size_t digits = strspn(value, "0123456789");

    if (digits == 0 || value[digits])
        return ERR_LENGTH_INVALID;
    framing->has_length = true;
    for (; *value; value++)
        if (framing->length <= HTTP_BODY_MAX) /* above this maximum further digits make no difference */
            framing->length = framing->length * 10 + (uint64_t)(*value - '0');
    return framing->length > HTTP_BODY_MAX ? ERR_BODY_TOO_LARGE : OK;
}

static enum err read_framing(const struct reading *reading)
{
    const char *length = reading->values[FIELD_CONTENT_LENGTH];
    const char *encoding = reading->values[FIELD_TRANSFER_ENCODING];
    const char *expect = reading->values[FIELD_EXPECT];
    struct framing *framing = reading->framing;

    if (framing->http10 && !reading->keep_alive)
        framing->keep_alive = false;
    else
        framing->keep_alive = !reading->close;
    if (encoding && length)
        return ERR_LENGTH_AND_CHUNKED;
    if (encoding && framing->http10)
        return ERR_ENCODING_INVALID;
    if (encoding && strcasecmp(encoding, "chunked") != 0)
        return ERR_ENCODING_UNKNOWN;
    framing->chunked = encoding != NULL;
    if (expect && !framing->http10) {
        if (strcasecmp(expect, "100-continue") != 0)
            return ERR_EXPECTATION_FAILED;
        framing->expects_continue = true;
    }
    return length ? read_length(length, framing) : OK;
}

static enum err check_host(const struct reading *reading)
{
    const char *host = reading->values[FIELD_HOST];

    if (!host)
        return reading->framing->http10 ? OK : ERR_HOST_INVALID;
    for (; *host; host++)
        if (!is_host_char(*host))
            return ERR_HOST_INVALID;
    return OK;
}

static void keep_request_id(struct request *req, const char *id)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t len = id ? strlen(id) : 0;

    if (len > 0 && len < REQUEST_ID_SIZE && strspn(id, allowed) == len)
        memcpy(req->id, id, len + 1);
}

static void hand_over(const struct reading *reading)
{
    struct request *req = reading->req;

    req->authorization = reading->values[FIELD_AUTHORIZATION];
    req->cookie = reading->values[FIELD_COOKIE] ? join_fields(req, "cookie", "; ") : NULL;
    req->origin = reading->values[FIELD_ORIGIN];
    req->content_type = reading->values[FIELD_CONTENT_TYPE];
    req->preflight_method = reading->values[FIELD_PREFLIGHT_METHOD];
    req->preflight_headers = reading->values[FIELD_PREFLIGHT_HEADERS];
    req->forwarded_for = reading->values[FIELD_FORWARDED_FOR] ? join_fields(req, "x-forwarded-for", ", ") : NULL;
    req->user_agent = reading->values[FIELD_USER_AGENT];
    req->if_none_match = reading->values[FIELD_IF_NONE_MATCH];
    keep_request_id(req, reading->values[FIELD_REQUEST_ID]);
}

enum err head_parse(struct request *req, char *head, size_t len, struct framing *framing)
{
    struct reading reading = {.req = req, .framing = framing};
    char *end = head + len - 2; /* of the last field: before the empty line */
    char *line = memchr(head, '\n', len);
    enum err err;

    *framing = (struct framing){0};
    line[-1] = '\0';
    err = read_request_line(req, head, (size_t)(line - 1 - head), framing);
    line++;
    req->fields = line;
    while (!err && line < end) {
        char *next = memchr(line, '\n', (size_t)(end - line));
        next[-1] = '\0';
        err = read_field(&reading, line, (size_t)(next - 1 - line));
        line = next + 1;
        if (!err) /* the rest has not been parsed */
            req->fields_len = (size_t)(line - req->fields);
    }
    hand_over(&reading);
    if (err)
        return err;
    TRY(target_parse(req, req->target));
    TRY(check_host(&reading));
    TRY(read_framing(&reading));
    if (req->method == 0)
        return ERR_METHOD_NOT_ALLOWED;
    return OK;
}
