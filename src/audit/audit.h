/* Sets the acting caller for the audit triggers of the database (chains/orgd, orgd.audit). */
#ifndef ORGD_AUDIT_AUDIT_H
#define ORGD_AUDIT_AUDIT_H

#include "http/http.h"

/* The kind of caller as the audit names it, and its id: `*actor_id` is NULL, points to `id` (UUID_TEXT_SIZE bytes), or
 * is in the arena. */
const char *audit_actor(const struct request *req, char *id, const char **actor_id);

/*
 * Sets caller, operation, reason, request id and client address for all later writes of the connection. It is the hook
 * that runs before each handler that may write. Errors: those of db_run.
 */
enum err audit_announce(struct request *req) MUST_CHECK;

/* Does the same for a command of the operator. */
enum err audit_announce_command(struct db *db, const char *operation) MUST_CHECK;

/* The reason given in the request: in its options, in those of its accounts, or at the top of its body. NULL: none. A
 * long reason is cut to its first 1,000 bytes. Lives as long as the request. */
const char *audit_reason(const struct request *req);

/* Logs an administrator's operation: name, reason, request id, status. Call it after the commit. */
void audit_log(const struct request *req);

#endif
