/* Transfers organizations from one user to another. */
#ifndef ORGD_ADMIN_TRANSFER_H
#define ORGD_ADMIN_TRANSFER_H

#include "http/http.h"

/* POST /admin/simple/accounts/transfer-ownership: 204 when all were transferred, 200 with the errors otherwise. */
enum err ownership_transfer(struct request *req);

#endif
