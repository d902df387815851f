/* Reads X-Forwarded-For from its trusted end. */
#include "http/client_address.h"

#include <arpa/inet.h>
#include <string.h>
#include <talloc.h>

enum { ADDRESS_MAX = 64 };

/* An address as 16 bytes; IPv4 addresses as ::ffff:a.b.c.d. */
struct address {
    unsigned char bytes[16];
};

static bool read_address(const char *text, struct address *address)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

    if (inet_pton(AF_INET6, text, address->bytes) == 1)
        return true;
    memcpy(address->bytes, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, address->bytes + sizeof mapped) == 1;
}

/* Reads an address or network. `bits` counts from the first of the 128 bits. */
static bool read_network(const char *entry, struct address *network, unsigned *bits)
{
    char text[ADDRESS_MAX];
    size_t len = strcspn(entry, "/");
    const char *size = entry[len] == '/' ? entry + len + 1 : NULL;
    unsigned most, given = 0;

    if (len >= sizeof text)
        return false;
    memcpy(text, entry, len);
    text[len] = '\0';
    if (!read_address(text, network))
        return false;
    most = strchr(text, ':') ? 128 : 32;
    *bits = 128;
    if (!size)
        return true;
    if (!*size || strlen(size) > 3 || strspn(size, "0123456789") != strlen(size))
        return false;
    for (; *size; size++)
        given = given * 10 + (unsigned)(*size - '0');
    *bits = 128 - most + given;
    return given <= most;
}

static bool lies_in(const struct address *address, const struct address *network, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;

    return memcmp(address->bytes, network->bytes, whole) == 0 &&
           (rest == 0 || (address->bytes[whole] ^ network->bytes[whole]) >> (8 - rest) == 0);
}

static bool is_trusted(const struct config_list *trusted, const char *text)
{
    struct address address, network;
    unsigned bits;

    if (!read_address(text, &address))
        return false;
    for (size_t i = 0; i < trusted->count; i++)
        if (read_network(trusted->items[i], &network, &bits) && lies_in(&address, &network, bits))
            return true;
    return false;
}

/* Reads one entry of the list without white space, brackets and port. NULL when it is not an address. */
static const char *read_entry(void *arena, const char *from, const char *end)
{
    const char *colon;
    struct address address;
    char *text;

    while (from < end && (*from == ' ' || *from == '\t'))
        from++;
    while (end > from && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (from >= end)
        return NULL;
    colon = memchr(from, ':', (size_t)(end - from));
    if (*from == '[') {
        const char *close = memchr(from, ']', (size_t)(end - from));

        from++;
        end = close ? close : from;
    } else if (colon && !memchr(colon + 1, ':', (size_t)(end - colon - 1))) {
        end = colon; /* one colon: IPv4 with a port */
    }
    if (end - from >= ADDRESS_MAX)
        return NULL;
    text = talloc_strndup(arena, from, (size_t)(end - from));
    return text && read_address(text, &address) ? text : NULL;
}

const char *client_address(void *arena, const struct config_list *trusted, const char *peer, const char *forwarded)
{
    const char *end = forwarded ? forwarded + strlen(forwarded) : NULL;
    const char *client = peer;

    while (forwarded && end >= forwarded && is_trusted(trusted, client)) {
        const char *from = end, *entry;

        while (from > forwarded && from[-1] != ',')
            from--;
        entry = read_entry(arena, from, end);
        if (!entry)
            break;
        client = entry;
        if (from == forwarded)
            break;
        end = from - 1;
    }
    return client;
}

enum { CLIENT_BYTES = 7 }; /* of an IPv6 address */

/* FNV-1a. The queue adds a salt of its own. */
uint64_t client_share(const char *client)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    uint64_t share = UINT64_C(0xcbf29ce484222325);
    struct address address;
    size_t len;

    if (!read_address(client, &address))
        return 1;
    len = memcmp(address.bytes, mapped, sizeof mapped) == 0 ? sizeof address.bytes : CLIENT_BYTES;
    for (size_t i = 0; i < len; i++)
        share = (share ^ address.bytes[i]) * UINT64_C(0x100000001b3);
    return share | 1;
}

const char *client_address_problem(const struct config_list *trusted)
{
    struct address network;
    unsigned bits;

    for (size_t i = 0; i < trusted->count; i++)
        if (!read_network(trusted->items[i], &network, &bits))
            return trusted->items[i];
    return NULL;
}
