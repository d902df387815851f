/*
 * The auth core: the part of SuperTokens' core driver interface (CDI 5.4) by which a data plane verifies the sessions
 * that this program issues. Its routes are private: see struct path_prefix.
 */
#ifndef ORGD_DATAPLANE_AUTH_CORE_H
#define ORGD_DATAPLANE_AUTH_CORE_H

#include "http/http.h"

extern const struct field core_user_parameters[];
extern const struct model core_verify_body;

/* The versions of the interface; needs no key. */
enum err core_versions(struct request *req);
/* The public signing keys in force (RFC 7517); needs no key. */
enum err core_keys(struct request *req);
/* The login of an id, with the address of its account. ERR_UNAUTHORIZED without the key of the interface. */
enum err core_user(struct request *req);
/*
 * Whether an access token is valid and its session has not ended. Inline when the decision cache has the token.
 * ERR_UNAUTHORIZED without the key of the interface.
 */
enum err core_verify_session(struct request *req);

#endif
