/* The permission check that services call before they act for a caller. */
#ifndef ORGD_TENANCY_PERMISSIONS_H
#define ORGD_TENANCY_PERMISSIONS_H

#include "http/http.h"

extern const struct field permission_check_parameters[];

enum err permissions_check(struct request *req);

#endif
