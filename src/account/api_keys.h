/* API keys: list, creation, deletion by their owner. */
#ifndef ORGD_ACCOUNT_API_KEYS_H
#define ORGD_ACCOUNT_API_KEYS_H

#include "http/http.h"

extern const struct model api_key_answer;

enum err api_keys_list(struct request *req);
/*
 * With the query parameter `restricted` the key reaches its project only. A restricted key makes restricted keys only.
 */
extern const struct field api_key_create_parameters[];
enum err api_keys_create(struct request *req);
enum err api_keys_delete(struct request *req);
/* Deletes every key of the caller, in all projects. Requires a session. */
enum err api_keys_delete_all(struct request *req);

enum { API_KEY_PREFIX_SIZE = 9, API_KEY_SIZE = 74 };

/* A new key: `raw` is shown once; `prefix` and `hashed` are stored (`hashed` also has API_KEY_SIZE bytes). */
struct api_key {
    char prefix[API_KEY_PREFIX_SIZE];
    char raw[API_KEY_SIZE];
    char hashed[API_KEY_SIZE];
};
struct api_key api_key_make(void);

#endif
