/* The one line that says that orgd is ready, and what it is ready for. */
#ifndef ORGD_RUNTIME_READY_H
#define ORGD_RUNTIME_READY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "config/config.h"

/*
 * The line, with its newline. `address` is what is listened on, `databases` describes them, `posture` says who
 * may sign up, `waiting`: the databases are not there yet.
 */
void ready_line(const struct config *config, const char *address, const char *databases, const char *posture,
                bool waiting, struct buffer *out);

#endif
