/* Setting a password with a link that proves the address. */
#ifndef ORGD_SIGNIN_RESETS_H
#define ORGD_SIGNIN_RESETS_H

#include "http/http.h"

enum { RESET_VALID_S = 60 * 60 };

/*
 * Sends a link to an address that has an account or a login; the answer does not reveal whether it has. Does nothing
 * without mail.
 */
enum err resets_request(struct request *req);
/* Sets the password, once per link, and ends every session of the account. */
enum err resets_submit(struct request *req);
/* Makes a link for the caller, or for a member of an organization that the caller owns. */
enum err resets_link(struct request *req);

#endif
