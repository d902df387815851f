/* Opens listening sockets. */
#include "http/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, HOST_SIZE = 256 };

/* Splits "host:port". `host` has HOST_SIZE bytes. Returns the port within `address`, or NULL when malformed. */
static const char *split(const char *address, char *host)
{
    const char *colon = strrchr(address, ':');
    const char *from = address;
    size_t len;

    if (!colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1) || strlen(colon + 1) > 5)
        return NULL;
    len = (size_t)(colon - from);
    if (len >= 2 && from[0] == '[' && from[len - 1] == ']') {
        from++;
        len -= 2;
    } else if (memchr(from, ':', len)) {
        return NULL; /* an IPv6 address needs brackets: otherwise the port is ambiguous */
    }
    if (len >= HOST_SIZE)
        return NULL;
    memcpy(host, from, len);
    host[len] = '\0';
    return colon + 1;
}

static int open_socket(const struct addrinfo *info)
{
    int on = 1;
    int descriptor = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (descriptor < 0)
        return -1;
    /* a restarted server can bind its port at once; a port with a listener stays refused */
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(descriptor, info->ai_addr, info->ai_addrlen) == 0 && listen(descriptor, BACKLOG) == 0)
        return descriptor;
    on = errno;
    (void)close(descriptor);
    errno = on;
    return -1;
}

static void write_name(int descriptor, char name[LISTENER_NAME_SIZE])
{
    struct sockaddr_storage bound = {0};
    socklen_t len = sizeof bound;
    char host[INET6_ADDRSTRLEN + 1], port[8];

    name[0] = '\0';
    if (getsockname(descriptor, (struct sockaddr *)&bound, &len) != 0 ||
        getnameinfo((struct sockaddr *)&bound, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    (void)snprintf(name, LISTENER_NAME_SIZE, bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

enum err listener_open(const char *address, int *descriptor, char name[LISTENER_NAME_SIZE], struct error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char host[HOST_SIZE];
    const char *port = split(address, host);
    int failure;

    if (!port)
        return error_set(error, ERR_USAGE, "\"%s\" is not an address to listen on: use HOST:PORT, as in 127.0.0.1:8000",
                         address);
    if (!host[0])
        hints.ai_family = AF_INET6; /* the socket accepts IPv4 too */
    failure = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
    if (failure == EAI_ADDRFAMILY || failure == EAI_FAMILY) {
        hints.ai_family = AF_UNSPEC;
        failure = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
    }
    if (failure)
        return error_set(error, ERR_SYSTEM, "cannot listen on %s: %s", address, gai_strerror(failure));
    *descriptor = open_socket(found);
    if (*descriptor < 0 && !host[0] && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) { /* this host has no IPv6 */
        freeaddrinfo(found);
        hints.ai_family = AF_INET;
        if (getaddrinfo(NULL, port, &hints, &found) != 0)
            return error_set(error, ERR_SYSTEM, "cannot listen on %s: no usable address", address);
        *descriptor = open_socket(found);
    }
    failure = errno;
    freeaddrinfo(found);
    if (*descriptor < 0)
        return error_set(error, ERR_SYSTEM, "cannot listen on %s: %s", address, strerror(failure));
    write_name(*descriptor, name);
    return OK;
}
