/* The one line that says that orgd is ready, and what it is ready for. */
#ifndef ORGD_INSTANCE_READY_H
#define ORGD_INSTANCE_READY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/config.h"

/* Who may sign up and who may own organizations, in words: "sign-up open to everybody, ...". */
void ready_posture(const struct config *config, struct buffer *out);

/*
 * The line, with its newline. `address` is what is listened on, `databases` describes them, `waiting`: they are not
 * there yet.
 */
void ready_line(const struct config *config, const char *address, const char *databases, bool waiting,
                struct buffer *out);

#endif
