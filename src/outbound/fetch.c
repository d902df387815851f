/* Sends HTTP requests with libcurl. */
#include "outbound/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/platform.h"

enum { CONNECT_MS = 5000 };

/* ---- addresses ---- */

struct network {
    unsigned char prefix[16];
    unsigned bits;
};

/* IANA's special-purpose registries (RFC 6890 and its updates), and multicast. */
static const struct network special_v4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
};

/* Global unicast is 2000::/3, except for these. */
static const struct network special_v6[] = {
    {{0x20, 0x01, 0x00}, 23},       /* protocol assignments, Teredo among them */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4: carries any IPv4 address */
    {{0x3f, 0xff}, 20},             /* documentation */
};

static bool lies_in(const unsigned char *address, const struct network *network)
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    unsigned char mask = (unsigned char)(0xff00 >> rest);

    return memcmp(address, network->prefix, whole) == 0 &&
           (rest == 0 || (address[whole] & mask) == (network->prefix[whole] & mask));
}

static bool v4_is_public(const unsigned char *address)
{
    for (size_t i = 0; i < sizeof special_v4 / sizeof *special_v4; i++)
        if (lies_in(address, &special_v4[i]))
            return false;
    return true;
}

static bool v6_is_public(const unsigned char *address)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const struct network unicast = {{0x20}, 3};

    if (memcmp(address, mapped, sizeof mapped) == 0)
        return v4_is_public(address + 12);
    for (size_t i = 0; i < sizeof special_v6 / sizeof *special_v6; i++)
        if (lies_in(address, &special_v6[i]))
            return false;
    return lies_in(address, &unicast);
}

bool fetch_address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, address, sizeof v4);
        return v4_is_public((const unsigned char *)&v4.sin_addr);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, address, sizeof v6);
        return v6_is_public((const unsigned char *)&v6.sin6_addr);
    }
    return false;
}

/* ---- one request ---- */

struct call {
    const struct fetch *fetch;
    struct buffer body;
    bool refused; /* the name resolved to an address that is not allowed */
};

/* Checks the address of the actual connection, so that a changing DNS answer cannot bypass the check. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct call *call = context;

    (void)purpose;
    if (!call->fetch->trusted && !fetch_address_is_public(&address->addr)) {
        call->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct call *call = context;

    buffer_add(&call->body, data, size * count);
    return call->body.failed ? 0 : size * count;
}

/* NULL without memory; the list is freed then. */
static struct curl_slist *add_header(struct curl_slist *list, const char *header)
{
    struct curl_slist *longer = list ? curl_slist_append(list, header) : NULL;

    if (!longer)
        curl_slist_free_all(list);
    return longer;
}

static struct curl_slist *headers_of(const struct fetch *fetch)
{
    struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json");

    if (fetch->json)
        list = add_header(list, "Content-Type: application/json");
    for (size_t i = 0; i < FETCH_HEADERS_MAX && fetch->headers[i]; i++)
        list = add_header(list, fetch->headers[i]);
    return list;
}

/* At least 1: libcurl takes 0 as no limit. */
static long time_left_ms(const struct fetch *fetch)
{
    int64_t left = (fetch->deadline_us - platform.monotonic_us()) / 1000;

    return left < 1 ? 1 : left < FETCH_MS ? (long)left : (long)FETCH_MS;
}

/* Whether a header value has no line end: it may contain text of others. */
static bool headers_are_clean(const struct fetch *fetch)
{
    for (size_t i = 0; i < FETCH_HEADERS_MAX && fetch->headers[i]; i++)
        for (const char *at = fetch->headers[i]; *at; at++)
            if ((unsigned char)*at < ' ' || *at == 0x7f)
                return false;
    return true;
}

/* Options that this libcurl supports cannot fail; errors of the request show when it is sent. */
static void set_options(CURL *curl, struct call *call, const struct curl_slist *headers)
{
    const struct fetch *fetch = call->fetch;

    (void)curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, fetch->trusted ? "http,https" : "https");
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, time_left_ms(fetch));
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "orgd/" ORGD_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    (void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, call);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
    if (fetch->form || fetch->json)
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, fetch->form ? fetch->form : fetch->json);
    if (fetch->user) {
        (void)curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        (void)curl_easy_setopt(curl, CURLOPT_USERNAME, fetch->user);
        (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, fetch->password ? fetch->password : "");
    }
}

/* The part of a URL that may be shown, in `arena`. */
static const char *host_of(void *arena, const char *url)
{
    CURLU *parts = curl_url();
    char *host = NULL;
    const char *copy = "the server";

    if (parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        copy = talloc_strdup(arena, host);
    curl_free(host);
    curl_url_cleanup(parts);
    return copy ? copy : "the server";
}

static enum err explain(void *arena, const struct call *call, CURLcode result, struct error *error)
{
    const char *host = host_of(arena, call->fetch->url);

    if (call->refused)
        return error_set(error, ERR_REFUSED, "%.200s has an address that is not of the public Internet", host);
    if (result == CURLE_UNSUPPORTED_PROTOCOL || result == CURLE_URL_MALFORMAT)
        return error_set(error, ERR_REFUSED, "the address of %.200s is not one that is allowed here", host);
    if (call->body.failed)
        return error_set(error, ERR_UNAVAILABLE, "%.200s answered with more than %d bytes", host, FETCH_BODY_MAX);
    return error_set(error, ERR_UNAVAILABLE, "%.200s cannot be asked: %s", host, curl_easy_strerror(result));
}

enum err fetch_start(struct error *error)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(error, ERR_SYSTEM, "libcurl cannot be set up");
    return OK;
}

enum err fetch_run(void *arena, const struct fetch *fetch, struct fetched *fetched, struct error *error)
{
    struct call call = {.fetch = fetch, .body = buffer_make(arena, FETCH_BODY_MAX)};
    CURLcode result = CURLE_OUT_OF_MEMORY;
    struct curl_slist *headers;
    long status = 0;
    enum err err = OK;
    CURL *curl;

    if (!headers_are_clean(fetch))
        return error_set(error, ERR_REFUSED, "a header would hold control characters");
    curl = curl_easy_init();
    headers = headers_of(fetch);
    if (curl && headers) {
        set_options(curl, &call, headers);
        result = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    if (result == CURLE_OUT_OF_MEMORY)
        err = error_set(error, ERR_MEMORY, "no memory");
    else if (result != CURLE_OK)
        err = explain(arena, &call, result, error);
    *fetched = (struct fetched){.status = (int)status, .body = buffer_string(&call.body), .len = call.body.len};
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return err;
}

/* ---- origins ---- */

static bool same_part(CURLU *a, CURLU *b, CURLUPart part)
{
    char *left = NULL, *right = NULL;
    bool same = curl_url_get(a, part, &left, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                curl_url_get(b, part, &right, CURLU_DEFAULT_PORT) == CURLUE_OK && strcasecmp(left, right) == 0;

    curl_free(left);
    curl_free(right);
    return same;
}

/* NULL for URLs that browsers and libcurl may read differently: with backslashes, white space or a user name. */
static CURLU *read_url(const char *url)
{
    CURLU *parts = curl_url();

    for (const char *at = url; *at; at++) {
        if (*at <= ' ' || *at == '\\' || *at == 0x7f) {
            curl_url_cleanup(parts);
            return NULL;
        }
    }
    if (parts && curl_url_set(parts, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK) {
        curl_url_cleanup(parts);
        return NULL;
    }
    return parts;
}

bool fetch_same_origin(const char *a, const char *b)
{
    CURLU *left = read_url(a), *right = read_url(b);
    bool same = left && right && same_part(left, right, CURLUPART_SCHEME) && same_part(left, right, CURLUPART_HOST) &&
                same_part(left, right, CURLUPART_PORT);

    curl_url_cleanup(left);
    curl_url_cleanup(right);
    return same;
}
