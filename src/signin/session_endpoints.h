/* The endpoints of sessions: refreshing, signing out, the keys that verify tokens, and what a person sees of their
 * sessions. */
#ifndef ORGD_SIGNIN_SESSION_ENDPOINTS_H
#define ORGD_SIGNIN_SESSION_ENDPOINTS_H

#include "http/http.h"

extern const struct field session_access_parameters[];
extern const struct field session_parameters[];
extern const struct model session_identities_body, session_answer;

/* The browser's own interface. */
enum err session_refresh(struct request *req);
enum err session_sign_out(struct request *req);
enum err session_keys(struct request *req);
enum err session_discovery(struct request *req);

/* Sessions only: neither keys nor secret tokens. */
enum err session_access(struct request *req);
enum err session_identities(struct request *req);
enum err session_list(struct request *req);
enum err session_revoke(struct request *req);
enum err session_revoke_others(struct request *req);

#endif
