/* Known devices: makes and reads the cookie that proves an earlier sign-in of the browser. */
#include "signin/devices.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "auth/session_transport.h"
#include "base/base64.h"
#include "base/platform.h"
#include "base/secret.h"
#include "signin/statements.h"

enum {
    ID = 12,
    TIMESTAMP = 4,
    MAC = 16,
    BYTES = ID + TIMESTAMP + MAC,
    TEXT = 43,
    ENTRIES_MAX = 4,
    ID_TEXT = 2 * ID + 1
};

struct entry {
    unsigned char bytes[BYTES]; /* id, seconds since 1970, MAC */
};

struct entries {
    struct entry all[ENTRIES_MAX]; /* newest first */
    size_t count;
};

/* ---- the cookie ---- */

/* An unreadable entry ends the list. */
static struct entries read_entries(const char *text)
{
    struct entries entries = {.count = 0};
    size_t size;

    while (text && entries.count < ENTRIES_MAX && strnlen(text, TEXT) == TEXT &&
           base64_read(BASE64_URL, text, TEXT, entries.all[entries.count].bytes, BYTES, &size) && size == BYTES) {
        entries.count++;
        text += TEXT;
        if (*text++ != '.')
            break;
    }
    return entries;
}

static enum err send_entries(struct request *req, const struct entries *entries)
{
    struct buffer text = buffer_make(req->arena, (TEXT + 1) * ENTRIES_MAX + 1);

    for (size_t i = 0; i < entries->count; i++) {
        if (i > 0)
            buffer_char(&text, '.');
        base64_write(&text, BASE64_URL, entries->all[i].bytes, BYTES);
    }
    if (text.failed)
        return ERR_MEMORY;
    return session_send_devices(req, text.data, platform.realtime_us() / 1000000 + DEVICE_VALID_S);
}

/* ---- the proof ---- */

static int64_t timestamp_of(const struct entry *entry)
{
    const unsigned char *at = entry->bytes + ID;

    return (int64_t)at[0] << 24 | (int64_t)at[1] << 16 | (int64_t)at[2] << 8 | at[3];
}

/* False without memory. */
static bool make_mac(struct request *req, struct secret installation, const char *binding, const struct entry *entry,
                     unsigned char mac[32])
{
    static const char purpose[] = "orgd device";
    unsigned char key[32];
    size_t len = strlen(binding);
    unsigned char *text = talloc_array(req->arena, unsigned char, (unsigned)(ID + TIMESTAMP + len));

    if (!text)
        return false;
    memcpy(text, entry->bytes, ID + TIMESTAMP);
    memcpy(text + ID + TIMESTAMP, binding, len);
    digest_hmac_sha256(installation, purpose, sizeof purpose - 1, key);
    digest_hmac_sha256((struct secret){key, sizeof key}, text, ID + TIMESTAMP + len, mac);
    return true;
}

static bool has_mac(struct request *req, struct secret installation, const char *binding, const struct entry *entry)
{
    unsigned char mac[32];

    return make_mac(req, installation, binding, entry, mac) &&
           secret_equal((struct secret){mac, MAC}, (struct secret){entry->bytes + ID + TIMESTAMP, MAC});
}

static bool is_proof(struct request *req, const char *binding, const struct entry *entry)
{
    struct secret other = secret_of_optional(req->config->crypt_key_accepted);
    int64_t age = platform.realtime_us() / 1000000 - timestamp_of(entry);

    return (has_mac(req, secret_of(req->config->crypt_key), binding, entry) ||
            (other.len > 0 && has_mac(req, other, binding, entry))) &&
           age >= 0 && age < DEVICE_VALID_S;
}

/* "" if there is no account: no entry has its MAC. */
static enum err load_binding(struct request *req, const struct uuid *user_id, const char *email, const char **binding)
{
    struct result row;

    TRY(DB_RUN(req->db, device_binding, &row, param_uuid(user_id), param_text(email)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    *binding = result_rows(&row) > 0 ? result_text(&row, 0, DEVICE_BINDING_BINDING) : "";
    return OK;
}

/* The index of the account's entry, or `count`. It always compares all entries. */
static size_t find_proof(struct request *req, const char *binding, const struct entries *entries)
{
    size_t found = entries->count;

    for (size_t i = entries->count; i-- > 0;)
        if (is_proof(req, binding, &entries->all[i]) && *binding)
            found = i;
    return found;
}

/* ---- interface ---- */

enum err device_find(struct request *req, const char *email, const char **id)
{
    struct entries entries = read_entries(session_find_devices(req));
    const char *binding;
    char *text;
    size_t place;

    *id = NULL;
    if (entries.count == 0)
        return OK;
    TRY(load_binding(req, NULL, email, &binding));
    place = find_proof(req, binding, &entries);
    if (place == entries.count)
        return OK;
    *id = text = talloc_array(req->arena, char, ID_TEXT);
    for (size_t i = 0; text && i < ID; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", entries.all[place].bytes[i]);
    return text ? OK : ERR_MEMORY;
}

enum err device_remember(struct request *req, const struct uuid *user_id)
{
    struct entries old, entries = {.count = 1};
    unsigned char *bytes = entries.all[0].bytes;
    int64_t now = platform.realtime_us() / 1000000;
    unsigned char mac[32];
    const char *binding;
    size_t known;

    if (session_transport_wanted(req) != TRANSPORT_COOKIE)
        return OK;
    TRY(load_binding(req, user_id, NULL, &binding));
    old = read_entries(session_find_devices(req));
    known = find_proof(req, binding, &old);
    if (known < old.count) /* the same device keeps its count of attempts */
        memcpy(bytes, old.all[known].bytes, ID);
    else
        platform.random_bytes(bytes, ID);
    for (int i = 0; i < TIMESTAMP; i++)
        bytes[ID + i] = (unsigned char)(now >> (8 * (TIMESTAMP - 1 - i)));
    if (!make_mac(req, secret_of(req->config->crypt_key), binding, &entries.all[0], mac))
        return ERR_MEMORY;
    memcpy(bytes + ID + TIMESTAMP, mac, MAC);
    for (size_t i = 0; i < old.count && entries.count < ENTRIES_MAX; i++)
        if (i != known)
            entries.all[entries.count++] = old.all[i];
    return send_entries(req, &entries);
}
