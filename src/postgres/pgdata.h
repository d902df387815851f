/* Manages the files of the private PostgreSQL cluster: its programs, its data, its log. */
#ifndef ORGD_POSTGRES_PGDATA_H
#define ORGD_POSTGRES_PGDATA_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

#define PGDATA_NAME "postgresql"         /* in the data directory */
#define PGDATA_NEW_NAME "postgresql.new" /* while it is being made */
#define PGDATA_LOG_NAME "postgresql.log"
#define PGDATA_PORT "5432" /* names the socket; nothing listens on a network */

struct pgdata {
    const char *directory; /* the data directory, absolute and without symbolic links */
    const char *programs;  /* directory of postgres and initdb */
    int fd;                /* of the data directory */
    int log;               /* PGDATA_LOG_NAME, open for appending */
    bool fresh;            /* made by this call of pgdata_open */
};

/*
 * Finds the programs (in `programs` when set; otherwise the installed version that fits the data, or the newest), makes
 * the cluster if there is none, and writes who may connect. `program` (may be NULL) is another user who connects as the
 * program's role. An interrupted creation begins again from the start. No other process may use the directory. Errors
 * are sentences for the operator.
 */
enum err pgdata_open(void *arena, const char *directory, const char *programs, const char *program, struct pgdata *data,
                     struct error *error) MUST_CHECK;
void pgdata_close(struct pgdata *data);

/* The current end of the log, for pgdata_log_reason. */
off_t pgdata_log_end(const struct pgdata *data);
/* The error that PostgreSQL logged after `since`, in its own words; never NULL. */
const char *pgdata_log_reason(const struct pgdata *data, off_t since, char *text, size_t size);
/* Bounds the log: a large one becomes PGDATA_LOG_NAME.1, and a new one begins. Running processes continue to write. */
void pgdata_log_trim(const struct pgdata *data);

/* Reads the pid in the running server's own file, and whether it accepts connections; false when there is no such
 * file. */
bool pgdata_server(const struct pgdata *data, pid_t *pid, bool *ready);
/* Removes files left by a killed server. Call it only when no server runs. */
void pgdata_remove_stale(const struct pgdata *data);

#endif
