/* Setting a new password, or a first one, with a link that proves the address. */
#ifndef ORGD_SIGNIN_RESETS_H
#define ORGD_SIGNIN_RESETS_H

#include "http/http.h"

enum { RESET_VALID_S = 60 * 60 };

/* Sends a link to an address, if it has an account or a login; the answer does not tell. Without mail nothing happens.
 */
enum err resets_request(struct request *req);
/* Sets the password, once for each link, and ends every session of the account. */
enum err resets_submit(struct request *req);
/* Makes a link for oneself, or for a member of an organization that the caller owns. */
enum err resets_link(struct request *req);

#endif
