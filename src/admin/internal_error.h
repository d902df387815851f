/* The body of a 500 below /admin. */
#ifndef ORGD_ADMIN_INTERNAL_ERROR_H
#define ORGD_ADMIN_INTERNAL_ERROR_H

#include "http/http.h"

/*
 * Writes the body and adds the headers x-ag-support-id and x-ag-support-ts to the reply: they name the case when
 * somebody asks for help. Without memory for the headers the body comes without them.
 */
void admin_internal_error(struct request *req, struct buffer *body);

#endif
