/* Endpoint of the audit log. */
#ifndef ORGD_ADMIN_AUDIT_ENDPOINT_H
#define ORGD_ADMIN_AUDIT_ENDPOINT_H

#include "http/http.h"

extern const struct field audit_parameters[];
enum { AUDIT_PAGE = 100, AUDIT_PAGE_MAX = 1000 };
extern const struct model audit_answer;

/* GET /admin/audit: newest first; the `cursor` of an answer requests the next page. */
enum err audit_list(struct request *req);

#endif
