/* What a browser asks before sign-in: which sign-in methods exist, and whether an address is known. */
#ifndef ORGD_SIGNIN_DISCOVER_H
#define ORGD_SIGNIN_DISCOVER_H

#include "http/http.h"

extern const struct model discover_body;
extern const struct model discover_answer;

enum err discover_address(struct request *req);
enum err discover_methods(struct request *req);
enum err discover_password_login(struct request *req);
enum err discover_code_login(struct request *req);

#endif
