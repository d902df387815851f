/* Tells the database who acts, for the record of changes that its triggers keep (chains/orgd, orgd.audit). */
#ifndef ORGD_AUDIT_AUDIT_H
#define ORGD_AUDIT_AUDIT_H

#include "http/http.h"

/* The caller as the audit names them, and which one: `*actor_id` may be NULL, or is in `id` (UUID_TEXT_SIZE bytes) or
 * in the arena. */
const char *audit_actor(const struct request *req, char *id, const char **actor_id);

/*
 * Names caller, operation, reason, request id and client address of what the connection writes from now on: the hook
 * that runs before each handler that may write. Errors: those of db_run.
 */
enum err audit_announce(struct request *req) MUST_CHECK;

/* The same for a command of the operator's. */
enum err audit_announce_command(struct db *db, const char *operation) MUST_CHECK;

/* The reason that a request gives for itself, in its options, those of its accounts, or beside them; NULL for none; of
 * a long one the first 1,000 bytes. Lives as long as the request. */
const char *audit_reason(const struct request *req);

/* A log line on what an administrator did: operation, reason, request id, status. For after the commit. */
void audit_log(const struct request *req);

#endif
