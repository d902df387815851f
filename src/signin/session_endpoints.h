/*
 * The endpoints of sessions: refreshing, signing out, the keys that verify tokens, and the list of a user's sessions.
 */
#ifndef ORGD_SIGNIN_SESSION_ENDPOINTS_H
#define ORGD_SIGNIN_SESSION_ENDPOINTS_H

#include "http/http.h"

extern const struct field session_access_parameters[];
extern const struct field session_parameters[];
extern const struct model session_identities_body, session_answer;

/* The browser interface. */
enum err session_refresh(struct request *req);
enum err session_sign_out(struct request *req);
enum err session_keys(struct request *req);
enum err session_discovery(struct request *req);

/* For sessions only, not for API keys or secret tokens. */
enum err session_access(struct request *req);
enum err session_identities(struct request *req);
enum err session_list(struct request *req);
enum err session_revoke(struct request *req);
enum err session_revoke_others(struct request *req);

#endif
