/* Formats the ready line: the one line that reports that orgd is ready, and its setup. */
#ifndef ORGD_RUNTIME_READY_H
#define ORGD_RUNTIME_READY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "config/config.h"

/*
 * Appends the line with its newline. `address` is the listening address; `databases` describes the databases; `access`
 * says who may sign up; `waiting`: the databases are not available yet.
 */
void ready_line(const struct config *config, const char *address, const char *databases, const char *access,
                bool waiting, struct buffer *out);

#endif
