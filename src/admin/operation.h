/* Runs a request of the administration API as one transaction, with dry run and idempotency keys. */
#ifndef ORGD_ADMIN_OPERATION_H
#define ORGD_ADMIN_OPERATION_H

#include "http/http.h"

enum { IDEMPOTENCY_KEY_MAX_CHARACTERS = 255 };

/* Options of a request. */
struct operation {
    bool dry_run;                /* roll back after the answer is made */
    const char *idempotency_key; /* or NULL; the answer is kept for a day, and repeated for the same key */
};

/* From `options` of the body. */
struct operation operation_from_options(const struct request *req);

/*
 * Runs `work` in a transaction. Successful work has filled the reply; an error, which may be a refusal, rolls back.
 * If the idempotency key was used for the same request, the first answer is repeated and nothing is done; for another
 * request the answer is 409. A concurrent request with the same key waits. Errors: those of `work`, db_run and
 * db_commit.
 */
enum err operation_run(struct request *req, const struct operation *operation,
                       enum err (*work)(struct request *req, void *context), void *context) MUST_CHECK;

/* A refusal: message and details. */
struct refusal {
    int status;
    const char *code; /* "user_not_found" */
    const char *message;
    const char *names[3], *values[3]; /* more members; ended by a NULL name */
    const char *account;              /* entry of a batch, or NULL */
};
/* {"detail":{"message":...,<names>,"account":...,"code":...}}. ERR_INVALID: the reply holds the refusal. Or ERR_MEMORY.
 */
enum err operation_refuse(struct request *req, const struct refusal *refusal) MUST_CHECK;

/* 404 for an unknown object named `ref`: kind is "User", code "user_not_found". */
enum err operation_refuse_unknown(struct request *req, const char *kind, const char *code, const char *ref,
                                  const char *account) MUST_CHECK;
/* 400 for an invalid reference at `path`. */
enum err operation_refuse_reference(struct request *req, const char *path, const char *reason,
                                    const char *account) MUST_CHECK;

#endif
