/* Encrypts values that are stored in the database: AES-256-GCM under a key derived from a pass phrase. */
#ifndef ORGD_BASE_SEAL_H
#define ORGD_BASE_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/secret.h"

/*
 * `purpose` separates the keys derived from one pass phrase. `label` names the row that the value belongs to. Both are
 * authenticated data. The text is the Base64 of nonce, cipher text and tag.
 */
struct sealing {
    struct secret pass;  /* a random key of the installation, not a password: it is not stretched */
    struct secret other; /* what was sealed with this one can be read too; without length: none */
    const char *purpose;
    const char *label;
};

/* Appends the text. False without memory, beyond 128 MiB, or when OpenSSL fails. */
bool seal(const struct sealing *how, const void *data, size_t len, struct buffer *out);

/* Reads it back into `to`, `room` bytes. False for any other text, pass phrases, purpose or label. */
bool unseal(const struct sealing *how, const char *text, void *to, size_t room, size_t *written);

/* The purposes, in one place for who seals everything anew. */
#define SEAL_SIGNING_KEY "orgd signing key"
#define SEAL_OUTBOX "outbox"
#define SEAL_IDEMPOTENCY "idempotency"

#endif
