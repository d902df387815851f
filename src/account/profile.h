/* The caller's own profile. */
#ifndef ORGD_ACCOUNT_PROFILE_H
#define ORGD_ACCOUNT_PROFILE_H

#include "http/http.h"

extern const struct model profile_username_body;

enum err profile_show(struct request *req);
enum err profile_rename(struct request *req);
enum err profile_remove(struct request *req);

#endif
