/* Serves the console, the browser application that the build puts into the program. */
#include "console/console.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/base64.h"
#include "base/platform.h"
#include "console/files.h"

enum { NONCE_BYTES = 16, POLICY_MAX = 1024 };

static const char absent[] = "This orgd was built without its console; its API answers under /api.\n";

/* Security headers of every answer. */
static const struct {
    const char *name, *value;
} protections[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"}, /* page addresses contain invitation and reset tokens */
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"},
};

/* Scripts must be the console's own files. Styles must be too, or have the nonce: components add theirs at run time. */
static const char policy_head[] = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-";
static const char policy_tail[] = "'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
                                  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

static enum err add_headers(struct request *req, const char *policy, const char *caching)
{
    enum err err = reply_header(req, "Cache-Control", caching);

    req->reply.no_cors = true; /* for pages of this origin only */
    req->reply.no_gzip = true; /* done by the build */
    if (!err)
        err = reply_header(req, "Content-Security-Policy", policy);
    for (size_t i = 0; !err && i < sizeof protections / sizeof *protections; i++)
        err = reply_header(req, protections[i].name, protections[i].value);
    return err;
}

/* ---- files ---- */

static int compare_paths(const void *path, const void *file)
{
    return strcmp(path, ((const struct console_file *)file)->path);
}

static enum console_coding choose_coding(const struct request *req, const struct console_file *file)
{
    if (req->accepts_brotli && file->bytes[CONSOLE_BROTLI].data)
        return CONSOLE_BROTLI;
    return req->accepts_gzip && file->bytes[CONSOLE_GZIP].data ? CONSOLE_GZIP : CONSOLE_PLAIN;
}

static enum err answer_file(struct request *req, const struct console_file *file)
{
    static const char *const names[] = {[CONSOLE_PLAIN] = "", [CONSOLE_GZIP] = "gzip", [CONSOLE_BROTLI] = "br"};
    enum console_coding coding = choose_coding(req, file);
    const char *tag =
        talloc_asprintf(req->arena, "\"%s%s%s\"", file->hash, coding == CONSOLE_PLAIN ? "" : "-", names[coding]);
    enum err err = add_headers(req, "default-src 'none'; frame-ancestors 'none'",
                               file->immutable ? "public, max-age=31536000, immutable" : "no-cache");

    if (!err)
        err = reply_header(req, "Vary", "Accept-Encoding");
    if (!err)
        err = reply_header(req, "ETag", tag);
    if (err)
        return err;
    req->reply.content_type = file->type;
    if (request_has_tag(req, tag)) {
        req->reply.status = 304;
        return OK;
    }
    req->reply.status = 200;
    req->reply.body = file->bytes[coding].data;
    req->reply.len = file->bytes[coding].len;
    return coding == CONSOLE_PLAIN ? OK : reply_header(req, "Content-Encoding", names[coding]);
}

/* ---- the page ---- */

static enum err answer_page(struct request *req)
{
    char *page = talloc_memdup(req->arena, console_index, console_index_len);
    struct buffer nonce = buffer_make(req->arena, CONSOLE_NONCE_LEN + 1);
    struct buffer policy = buffer_make(req->arena, POLICY_MAX);
    unsigned char bytes[NONCE_BYTES];

    platform.random_bytes(bytes, sizeof bytes);
    base64_write(&nonce, BASE64_URL, bytes, sizeof bytes);
    if (!page || !buffer_string(&nonce) || nonce.len != CONSOLE_NONCE_LEN)
        return ERR_MEMORY;
    for (size_t i = 0; i < console_nonce_count; i++)
        memcpy(page + console_nonces[i], nonce.data, CONSOLE_NONCE_LEN);
    buffer_format(&policy, "%s%s%s", policy_head, nonce.data, policy_tail);
    req->reply.status = 200;
    req->reply.content_type = "text/html; charset=utf-8";
    req->reply.body = page;
    req->reply.len = console_index_len;
    return add_headers(req, buffer_string(&policy), "no-store");
}

static enum err answer_absent(struct request *req)
{
    req->reply.status = 404;
    req->reply.content_type = "text/plain; charset=utf-8";
    req->reply.body = absent;
    req->reply.len = sizeof absent - 1;
    return add_headers(req, "default-src 'none'; frame-ancestors 'none'", "no-store");
}

enum err console_answer(struct request *req)
{
    static const char assets[] = "/assets/";
    const struct console_file *file =
        bsearch(req->path, console_files, console_file_count, sizeof *console_files, compare_paths);

    if (file)
        return answer_file(req, file);
    if (console_file_count == 0)
        return strcmp(req->path, "/") == 0 ? answer_absent(req) : ERR_AGAIN;
    if (strncmp(req->path, assets, sizeof assets - 1) == 0) /* perhaps of an earlier version */
        return ERR_NOT_FOUND;
    return req->accepts_html || strcmp(req->path, "/") == 0 ? answer_page(req) : ERR_AGAIN;
}
