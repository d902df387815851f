/* Hands organizations of one person over to another. */
#ifndef ORGD_ADMIN_TRANSFER_H
#define ORGD_ADMIN_TRANSFER_H

#include "http/http.h"

/* POST /admin/simple/accounts/transfer-ownership: 204 when all went over, 200 with what did not. */
enum err ownership_transfer(struct request *req);

#endif
