/*
 * The identity of a caller: sessions, API keys, signed tokens and the administration key become an identity with a
 * scope.
 */
#ifndef ORGD_AUTH_IDENTITY_H
#define ORGD_AUTH_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "http/http.h"

enum identity_scheme { IDENTITY_ADMIN, IDENTITY_KEY, IDENTITY_SECRET, IDENTITY_SESSION, IDENTITY_SERVICE };

/* A service is the data plane, known by the key of the auth core. An administrator and a service have no user and no
 * scope. */
struct identity {
    enum identity_scheme scheme;
    bool has_scope;      /* workspace, organization and project are set */
    bool restricted;     /* an API key restricted to its project: see auth/reach.h */
    bool address_proven; /* of a session: its login has proven the account's address (signin/account.h) */
    bool has_session;    /* `session` is set to the session's handle, for a session and for a token derived from one */
    struct uuid session;
    bool has_key; /* `key` is set to the id of the API key, for a key and for a token derived from one */
    struct uuid key;
    struct uuid user_id;
    struct uuid organization_id;
    struct uuid workspace_id;
    struct uuid project_id;
    int64_t expires_us; /* platform.realtime_us; 0: never */
};

/* The application's callbacks: see struct application. */
enum err identity_authenticate_cached(struct request *req, enum caller_kind wanted) MUST_CHECK;
enum err identity_authenticate(struct request *req, enum caller_kind wanted) MUST_CHECK;
bool identity_has_scope(const struct request *req);

/*
 * Called whenever a credential of any kind becomes an account: ERR_UNAUTHORIZED if the configuration blocks the address
 * of the account.
 */
enum err identity_admit(struct request *req, const char *email) MUST_CHECK;

/* Makes the data plane the caller. Its requests about one `subject` share the workers as one caller. ERR_MEMORY. */
enum err identity_accept_service(struct request *req, const struct uuid *subject) MUST_CHECK;

/* The identity of an authenticated request. */
const struct identity *identity_of(const struct request *req);

#endif
