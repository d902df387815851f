/* How a connection is asked for; what a URI means is in db.h. */
#ifndef ORGD_DB_CONNECT_H
#define ORGD_DB_CONNECT_H

#include "db/db.h"

/*
 * Begins to connect to what the options name, without waiting; goes on with PQconnectPoll, and `conn` is the caller's.
 * ERR_UNAVAILABLE for a URI or settings that cannot be used, ERR_MEMORY.
 */
enum err connect_start(const struct db_options *options, PGconn **conn, struct error *error) MUST_CHECK;

#endif
