/*
 * Forward authentication: a reverse proxy asks about each request before it passes the request on, and replaces the
 * request's credential by the answer's. So a key or membership that was removed ends with the next request.
 */
#ifndef ORGD_DATAPLANE_FORWARD_AUTH_H
#define ORGD_DATAPLANE_FORWARD_AUTH_H

#include "http/http.h"

/*
 * 200 with an `Authorization` field for the data plane: a secret token of the caller in the scope that the original
 * request names, or, for paths that need no user, the field as it came. ERR_UNAUTHORIZED for a credential that is not
 * valid, ERR_FORBIDDEN for a caller without a scope and for an original target that is missing, ambiguous or malformed.
 */
enum err forward_authenticate(struct request *req);

#endif
