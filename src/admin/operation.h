/* One request of the administration API as one transaction: rehearsed, repeated safely, or refused without a trace. */
#ifndef ORGD_ADMIN_OPERATION_H
#define ORGD_ADMIN_OPERATION_H

#include "http/http.h"

enum { IDEMPOTENCY_KEY_MAX_CHARACTERS = 255 };

/* What a request says about itself, beside what it wants. */
struct operation {
    bool dry_run;                /* do it all, answer, and keep nothing */
    const char *idempotency_key; /* NULL: none. With one the answer is kept for a day, and given again */
};

/* From `options` of the body. */
struct operation operation_from_options(const struct request *req);

/*
 * Does `work` in a transaction. Work that succeeds has filled the reply; a reply of 400 or more, or an error, undoes
 * all of it. With an idempotency key that was used for the same request, the first answer is given again and
 * nothing is done; for another request, 409. Who sends the same key meanwhile waits. Errors: those of `work`, db_run
 * and db_commit.
 */
enum err operation_run(struct request *req, const struct operation *operation,
                       enum err (*work)(struct request *req, void *context), void *context) MUST_CHECK;

/* A refusal with its details beside the message. */
struct refusal {
    int status;
    const char *code; /* "user_not_found" */
    const char *message;
    const char *names[3], *values[3]; /* more members; ended by a NULL name */
    const char *account;              /* which entry of a batch; NULL: there is none */
};
/* {"detail":{"message":...,<names>,"account":...,"code":...}}. ERR_MEMORY, or OK. */
enum err operation_refuse(struct request *req, const struct refusal *refusal);

/* 404 for something that was named as `ref`: kind is "User", code "user_not_found". */
enum err operation_refuse_unknown(struct request *req, const char *kind, const char *code, const char *ref,
                                  const char *account);
/* 400 for a reference at `path`. */
enum err operation_refuse_reference(struct request *req, const char *path, const char *reason, const char *account);

#endif
