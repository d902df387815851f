/* The kinds of caller by path, of this program and of the data plane that it stands in front of. */
#ifndef ORGD_DATAPLANE_PATHS_H
#define ORGD_DATAPLANE_PATHS_H

#include "http/http.h"

/*
 * struct application.callers. Prefixes below which this program has no routes are those of Agenta's other services:
 * this program answers them 404, and forward authentication passes them without a credential.
 */
extern const struct path_prefix path_callers[];

/* The prefixes of the account plane, which a proxy sends to this program, without /api; whole segments. NULL ends them.
 */
extern const char *const path_account_plane[];

#endif
