/* Compares web addresses by scheme and registrable domain. */
#include "base/site.h"

#include <ctype.h>
#include <libpsl.h>
#include <string.h>
#include <strings.h>

enum { HOST_SIZE = 256, ORIGIN_SIZE = HOST_SIZE + sizeof "https://:65535" };

struct site {
    size_t scheme; /* characters */
    char host[HOST_SIZE];
};

/* Where the host begins; NULL when there is none. */
static const char *host_of(const char *url)
{
    const char *colon = strstr(url, "://");

    return colon ? colon + strlen("://") : NULL;
}

static bool site_read(const char *url, struct site *site)
{
    const char *host = host_of(url);
    size_t len = host ? strcspn(host, "/?#") : 0;
    size_t port = len;

    while (port > 0 && isdigit((unsigned char)host[port - 1]))
        port--;
    if (port > 0 && host[port - 1] == ':')
        len = port - 1;
    if (len == 0 || len >= sizeof site->host)
        return false;
    site->scheme = (size_t)(host - url);
    for (size_t i = 0; i < len; i++)
        site->host[i] = (char)tolower((unsigned char)host[i]);
    site->host[len] = '\0';
    return true;
}

/* The origin of an address as a browser writes it. False when it has none, or one that is too long. */
static bool write_origin(const char *url, char origin[ORIGIN_SIZE])
{
    static const char *const schemes[][2] = {{"http://", ":80"}, {"https://", ":443"}};
    const char *host = host_of(url);
    size_t scheme = host ? (size_t)(host - url) : 0;
    size_t len = host ? strcspn(host, "/?#") : 0;

    if (len == 0 || scheme + len >= ORIGIN_SIZE || memchr(host, '@', len))
        return false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        const char *port = schemes[i][1];

        if (strlen(schemes[i][0]) != scheme || strncasecmp(url, schemes[i][0], scheme) != 0)
            continue;
        if (len > strlen(port) && strncmp(host + len - strlen(port), port, strlen(port)) == 0)
            len -= strlen(port);
        for (size_t at = 0; at < scheme + len; at++)
            origin[at] = (char)tolower((unsigned char)url[at]);
        origin[scheme + len] = '\0';
        return true;
    }
    return false;
}

bool site_has_origin(const char *url, const char *origin)
{
    char own[ORIGIN_SIZE];

    return write_origin(url, own) && strcmp(own, origin) == 0;
}

bool site_is_origin(const char *text)
{
    static const char host_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.:[]";
    char origin[ORIGIN_SIZE];

    if (!write_origin(text, origin) || strspn(host_of(origin), host_characters) != strlen(host_of(origin)))
        return false;
    return !*site_path(text) || strcmp(site_path(text), "/") == 0;
}

/* NULL for what has none; the list itself takes the numbers of an address for labels. */
static const char *registrable_domain(const char *host)
{
    return isalpha((unsigned char)host[strlen(host) - 1]) ? psl_registrable_domain(psl_builtin(), host) : NULL;
}

bool site_same(const char *a, const char *b)
{
    struct site one, other;
    const char *one_domain, *other_domain;

    if (!site_read(a, &one) || !site_read(b, &other) || one.scheme != other.scheme ||
        strncasecmp(a, b, one.scheme) != 0)
        return false;
    if (strcmp(one.host, other.host) == 0)
        return true;
    one_domain = registrable_domain(one.host);
    other_domain = registrable_domain(other.host);
    return one_domain && other_domain && strcmp(one_domain, other_domain) == 0;
}

const char *site_path(const char *url)
{
    const char *host = host_of(url);

    return host ? host + strcspn(host, "/?#") : "";
}
