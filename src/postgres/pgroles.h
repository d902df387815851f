/* Makes the roles of the private cluster, and the databases of the program's role. */
#ifndef ORGD_POSTGRES_PGROLES_H
#define ORGD_POSTGRES_PGROLES_H

#include "base/error.h"

#define PGROLES_PROGRAM "orgd"       /* owns the databases, and has no rights outside them */
#define PGROLES_SUPERUSER "postgres" /* for the user who runs PostgreSQL; the program does not serve as this role */

/*
 * Brings a running cluster to this state: PGROLES_SUPERUSER is the superuser, PGROLES_PROGRAM is an ordinary role, and
 * the databases exist and belong to it. A cluster of an earlier version, with PGROLES_PROGRAM as superuser, is
 * converted once. After an interruption, the next call continues. `socket` is the directory of the socket. The current
 * user must be mapped to PGROLES_SUPERUSER. Errors are sentences for the operator.
 */
enum err pgroles_prepare(void *arena, const char *socket, const char *const *databases, struct error *error) MUST_CHECK;

/* The URI of a database for that role. NULL without memory. */
const char *pgroles_uri(void *arena, const char *socket, const char *database, const char *role);

#endif
