/* Ends the sessions of a user for the operator. */
#ifndef ORGD_ADMIN_END_SESSIONS_H
#define ORGD_ADMIN_END_SESSIONS_H

#include "http/http.h"

/* {"email"}: the body of sessions_end_by_email, which the command `orgd account end-sessions` calls. */
extern const struct model sessions_end_body;

/*
 * Ends all sessions of an account with what was derived from them, and the reset links and codes that could begin
 * another. API keys stay. Answers {"ended": how many sessions}. 404 for an unknown account.
 */
enum err sessions_end_by_id(struct request *req);
enum err sessions_end_by_email(struct request *req);

#endif
