/* The browser interface: how its endpoints read their input and write their answers. */
#ifndef ORGD_SIGNIN_FRONTEND_API_H
#define ORGD_SIGNIN_FRONTEND_API_H

#include "http/http.h"

/* A login in the form of the `user` object of an answer. */
struct fdi_user {
    struct uuid id;
    const char *method; /* "emailpassword", "passwordless", "thirdparty" */
    const char *email;
    const char *provider, *subject; /* of thirdparty, else NULL */
    int64_t joined_ms;
    bool verified;
};

/*
 * The body as JSON, whatever its content type; an empty object if it is not JSON. Lives in the arena. NULL without
 * memory.
 */
json_t *fdi_body(struct request *req);

/* An answer of this interface: it names its character set and is not compressed. */
enum err fdi_answer(struct request *req, int status, const struct buffer *body) MUST_CHECK;
/* 400 {"message":text} */
enum err fdi_refuse(struct request *req, const char *message) MUST_CHECK;
/* 401 {"message":text} for a session error: ERR_SESSION_NONE, ERR_SESSION_EXPIRED, ERR_SESSION_STOLEN */
enum err fdi_session_failure(struct request *req, enum err failure) MUST_CHECK;
/* Ends the request with the refusal just answered: ERR_INVALID, or the error of answering. */
MUST_CHECK static inline enum err fdi_end(enum err err)
{
    return err ? err : ERR_INVALID;
}

/* 200 {} */
enum err fdi_nothing(struct request *req) MUST_CHECK;
/* 200 {"status":status} */
enum err fdi_status(struct request *req, const char *status) MUST_CHECK;
/* 200 {"status":status,name:text}: GENERAL_ERROR with `message`, SIGN_IN_UP_NOT_ALLOWED with `reason`. */
enum err fdi_status_text(struct request *req, const char *status, const char *name, const char *text) MUST_CHECK;
/*
 * Returns `err`, except that ERR_TOO_MANY_REQUESTS becomes an answer of this interface: 200 with a GENERAL_ERROR,
 * which the browser library shows to users, and the Retry-After that is in the reply.
 */
enum err fdi_pass(struct request *req, enum err err) MUST_CHECK;
/* 200 {"status":"OK","user":{...}}, with createdNewRecipeUser if `created` is not NULL. */
enum err fdi_user(struct request *req, const struct fdi_user *user, const bool *created) MUST_CHECK;

#endif
