/* Fuzzes X-Forwarded-For: the input is the header field of a request that came through a trusted proxy. */
#include <arpa/inet.h>
#include <string.h>
#include <talloc.h>

#include "fuzz.h"
#include "http/client_address.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("1.1.1.1, 10.0.0.2"),
    FUZZ_SEED("[2001:db8::1]:80,9.9.9.9:1 , 10.0.0.3"),
    FUZZ_SEED("unknown,,\t10.0.0.4"),
    {0},
};

/* The result is a complete address, either from the field or the proxy's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const items[] = {"10.0.0.0/8"};
    static const struct config_list trusted = {items, 1};
    void *arena = talloc_new(NULL);
    const char *field = talloc_strndup(arena, (const char *)data, size);
    const char *client = client_address(arena, &trusted, "10.0.0.1", field);
    unsigned char bytes[16];

    require(inet_pton(strchr(client, ':') ? AF_INET6 : AF_INET, client, bytes) == 1);
    require(strcmp(client, "10.0.0.1") == 0 || strstr(field, client));
    (void)talloc_free(arena);
    return 0;
}
