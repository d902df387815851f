/* Starts a connection from its options; db.h describes the URI. */
#ifndef ORGD_DB_CONNECT_H
#define ORGD_DB_CONNECT_H

#include "db/db.h"

/*
 * Starts to connect without waiting. The caller owns `conn` and continues with PQconnectPoll. Errors: ERR_UNAVAILABLE
 * for an unusable URI or setting, ERR_MEMORY.
 */
enum err connect_start(const struct db_options *options, PGconn **conn, struct error *error) MUST_CHECK;

#endif
