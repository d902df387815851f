/* Delivers mail by SMTP through libcurl, or by SendGrid's HTTP API. */
#include "mail/transport.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdatomic.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "base/platform.h"
#include "outbound/fetch.h"

enum { MESSAGE_MAX = 1 << 20, SERVER_WORDS = 200 };

struct transport {
    const struct config *config;
    const _Atomic bool *stopping;
    CURL *curl; /* keeps the connection to the mail server */
};

static bool has_smtp(const struct config *config)
{
    return config->smtp_host && config->smtp_port > 0 && config->smtp_from;
}

const char *transport_from(const struct config *config)
{
    if (has_smtp(config))
        return config->smtp_from;
    return config->sendgrid_key ? config->sendgrid_from : NULL;
}

enum err transport_check(const struct config *config, struct error *error)
{
    const char *from = transport_from(config);

    if (config->smtp_use_ssl && config->smtp_use_tls && config->smtp_host)
        return error_set(
            error, ERR_USAGE,
            "SMTP_USE_TLS and SMTP_USE_SSL are both on; STARTTLS (the first, on by default) and TLS from the "
            "first byte exclude each other");
    if (!config->smtp_username != !config->smtp_password)
        return error_set(error, ERR_USAGE, "SMTP_USERNAME and SMTP_PASSWORD go together; only one of them is set");
    if (from && !mail_address_is_sound(from))
        return error_set(error, ERR_USAGE, "the sender of mail, %.100s, is not an address like mail@acme.io", from);
    return OK;
}

static int clean_up(struct transport *transport)
{
    curl_easy_cleanup(transport->curl);
    return 0;
}

struct transport *transport_create(void *arena, const struct config *config, const _Atomic bool *stopping)
{
    struct transport *transport = talloc_zero(arena, struct transport);

    if (!transport)
        return NULL;
    transport->config = config;
    transport->stopping = stopping;
    transport->curl = curl_easy_init();
    if (!transport->curl) {
        talloc_free(transport);
        return NULL;
    }
    talloc_set_destructor(transport, clean_up);
    return transport;
}

/* ---- SMTP ---- */

struct upload {
    const char *data;
    size_t len, at;
    const _Atomic bool *stopping;
};

static size_t give(char *to, size_t size, size_t count, void *context)
{
    struct upload *upload = context;
    size_t len = upload->len - upload->at;

    if (len > size * count)
        len = size * count;
    memcpy(to, upload->data + upload->at, len);
    upload->at += len;
    return len;
}

/* Stops a transfer at shutdown. A mail that was transferred completely waits for the reply: the server may accept
 * it. */
static int break_off(void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    const struct upload *upload = context;

    (void)down_all, (void)down, (void)up_all, (void)up;
    return atomic_load(upload->stopping) && upload->at < upload->len;
}

/* Removes addresses from a server's reply, since servers often repeat the recipient, which must not be logged. */
static void hide_addresses(char *words)
{
    for (char *word = words; *word; word += strspn(word, " ")) {
        size_t len = strcspn(word, " ");

        if (memchr(word, '@', len))
            memset(word, '*', len);
        word += len;
    }
}

/* Keeps the last reply in which the server refused something, for the log; its farewell follows it. */
static size_t note_reply(const char *line, size_t size, size_t count, void *context)
{
    char *words = context;
    size_t len = size * count < SERVER_WORDS ? size * count : SERVER_WORDS - 1;

    if (len == 0 || (line[0] != '4' && line[0] != '5'))
        return size * count;
    for (size_t i = 0; i < len; i++)
        words[i] = (char)(line[i] >= ' ' && line[i] <= '~' ? line[i] : ' ');
    words[len] = '\0';
    while (len > 0 && words[len - 1] == ' ')
        words[--len] = '\0';
    hide_addresses(words);
    return size * count;
}

static void set_options(const struct transport *transport, const char *url, const char *from,
                        const struct curl_slist *recipients, struct upload *upload, char *words, char *problem)
{
    const struct config *config = transport->config;
    CURL *curl = transport->curl;

    curl_easy_reset(curl);
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)config->smtp_timeout);
    (void)curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)config->smtp_timeout);
    (void)curl_easy_setopt(curl, CURLOPT_USE_SSL, config->smtp_use_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    if (config->smtp_ca_file)
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, config->smtp_ca_file);
    if (config->smtp_username) {
        (void)curl_easy_setopt(curl, CURLOPT_USERNAME, config->smtp_username);
        (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, config->smtp_password);
    }
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    (void)curl_easy_setopt(curl, CURLOPT_READDATA, upload);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, break_off);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, upload);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, note_reply);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, words);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
}

/* Gives up a mail only when the server permanently refuses this recipient or message: other causes can be corrected. */
static enum delivery judge(CURLcode result, long reply, const char *problem, bool sent_all)
{
    bool recipient = strstr(problem, "RCPT") != NULL, message = sent_all && result == CURLE_WEIRD_SERVER_REPLY;

    if (result == CURLE_OK)
        return DELIVERY_DONE;
    return reply >= 500 && reply < 600 && (recipient || message) ? DELIVERY_NEVER : DELIVERY_LATER;
}

static enum delivery send_by_smtp(struct transport *transport, const struct mail_message *message,
                                  const struct buffer *text, void *arena, struct error *error)
{
    const struct config *config = transport->config;
    const char *url = talloc_asprintf(arena, "%s://%s:%lld", config->smtp_use_ssl ? "smtps" : "smtp", config->smtp_host,
                                      (long long)config->smtp_port);
    struct curl_slist *recipients = curl_slist_append(NULL, message->to);
    struct upload upload = {.data = text->data, .len = text->len, .stopping = transport->stopping};
    char words[SERVER_WORDS] = "", problem[CURL_ERROR_SIZE] = "";
    enum delivery delivery = DELIVERY_LATER;
    CURLcode result;
    long reply = 0;

    if (!url || !recipients) {
        (void)error_set(error, ERR_MEMORY, "no memory");
        curl_slist_free_all(recipients);
        return DELIVERY_LATER;
    }
    set_options(transport, url, message->from, recipients, &upload, words, problem);
    result = curl_easy_perform(transport->curl);
    (void)curl_easy_getinfo(transport->curl, CURLINFO_RESPONSE_CODE, &reply);
    delivery = judge(result, reply, problem, upload.at == upload.len);
    if (delivery != DELIVERY_DONE)
        (void)error_set(error, ERR_UNAVAILABLE, "%.100s:%lld: %.150s%s%s", config->smtp_host,
                        (long long)config->smtp_port, problem[0] ? problem : curl_easy_strerror(result),
                        words[0] ? "; it said: " : "", words);
    curl_slist_free_all(recipients);
    return delivery;
}

/* ---- SendGrid ---- */

/* An object with one or two texts. */
static void write_pair(struct buffer *out, const char *name, const char *value, const char *second, const char *text)
{
    json_open(out, '{');
    json_key(out, name);
    json_text(out, value);
    if (second) {
        json_key(out, second);
        json_text(out, text);
    }
    json_close(out, '}');
}

static void write_request(struct buffer *out, const struct mail_message *message)
{
    json_open(out, '{');
    json_key(out, "personalizations");
    json_open(out, '[');
    json_open(out, '{');
    json_key(out, "to");
    json_open(out, '[');
    write_pair(out, "email", message->to, NULL, NULL);
    json_close(out, ']');
    json_close(out, '}');
    json_close(out, ']');
    json_key(out, "from");
    write_pair(out, "email", message->from, NULL, NULL);
    json_key(out, "subject");
    json_text(out, message->content.subject);
    json_key(out, "content");
    json_open(out, '[');
    write_pair(out, "type", "text/plain", "value", message->content.text);
    write_pair(out, "type", "text/html", "value", message->content.html);
    json_close(out, ']');
    json_close(out, '}');
}

static enum delivery send_by_sendgrid(const struct transport *transport, const struct mail_message *message,
                                      void *arena, struct error *error)
{
    const struct config *config = transport->config;
    struct buffer body = buffer_make(arena, MESSAGE_MAX);
    struct fetch fetch = {.trusted = true, .deadline_us = platform.monotonic_us() + config->smtp_timeout * 1000000};
    struct fetched fetched;

    write_request(&body, message);
    fetch.url = talloc_asprintf(arena, "%s/v3/mail/send", config->sendgrid_url);
    fetch.json = buffer_string(&body);
    fetch.headers[0] = talloc_asprintf(arena, "Authorization: Bearer %s", config->sendgrid_key);
    if (!fetch.url || !fetch.json || !fetch.headers[0]) {
        (void)error_set(error, ERR_MEMORY, "no memory");
        return DELIVERY_LATER;
    }
    if (fetch_run(arena, &fetch, &fetched, error) != OK)
        return DELIVERY_LATER;
    if (fetched.status == 202 || fetched.status == 200)
        return DELIVERY_DONE;
    (void)error_set(error, ERR_UNAVAILABLE, "SendGrid answered %d", fetched.status);
    return fetched.status == 400 || fetched.status == 413 ? DELIVERY_NEVER : DELIVERY_LATER;
}

enum delivery transport_send(struct transport *transport, const struct mail_message *message, struct error *error)
{
    void *arena = talloc_new(transport);
    struct buffer text = buffer_make(arena, MESSAGE_MAX);
    enum delivery delivery = DELIVERY_LATER;

    if (!has_smtp(transport->config)) {
        delivery = send_by_sendgrid(transport, message, arena, error);
    } else {
        mail_message_write(&text, message);
        if (buffer_string(&text))
            delivery = send_by_smtp(transport, message, &text, arena, error);
        else
            (void)error_set(error, ERR_MEMORY, "no memory");
    }
    talloc_free(arena);
    return delivery;
}
