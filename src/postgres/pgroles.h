/* The roles of the private cluster, and the databases that belong to the program's. */
#ifndef ORGD_POSTGRES_PGROLES_H
#define ORGD_POSTGRES_PGROLES_H

#include "base/error.h"

#define PGROLES_PROGRAM "orgd"       /* owns the databases, and can do nothing outside of them */
#define PGROLES_SUPERUSER "postgres" /* for who runs PostgreSQL; the program does not serve as this role */

/*
 * Brings a running cluster to this state: the superuser is PGROLES_SUPERUSER, PGROLES_PROGRAM is an ordinary role, and
 * the databases exist and are its. A cluster of an earlier version, where PGROLES_PROGRAM was the superuser, is
 * converted once. It can be interrupted anywhere: the next call goes on. `socket` is the directory of the socket. Only
 * for who is mapped to PGROLES_SUPERUSER. Errors are sentences for the operator.
 */
enum err pgroles_prepare(void *arena, const char *socket, const char *const *databases, struct error *error) MUST_CHECK;

/* The URI of a database by that role. NULL without memory. */
const char *pgroles_uri(void *arena, const char *socket, const char *database, const char *role);

#endif
