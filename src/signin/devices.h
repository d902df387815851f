/* Known devices: browsers that have signed in to an account before, and so have attempts of their own. */
#ifndef ORGD_SIGNIN_DEVICES_H
#define ORGD_SIGNIN_DEVICES_H

#include "http/http.h"

enum { DEVICE_VALID_S = 400 * 24 * 3600 };

/*
 * A browser keeps a cookie with an entry for each of the last accounts that signed in there: a random id, the time, and
 * a MAC under the installation's key over both, the account, its generation and its passwords. So an entry is valid for
 * one account, until the account is reset, one of its passwords changes, or DEVICE_VALID_S have passed. An entry does
 * not sign anybody in.
 */

/*
 * The id of the device that the request proves to be known to the account of an address; NULL if there is none. An
 * address without an account costs the same work. Inside or outside of a transaction. Errors: those of db_run.
 */
enum err device_find(struct request *req, const char *email, const char **id) MUST_CHECK;

/*
 * Makes the browser, if it stores cookies, a known device of the account that it has just signed in to. The transaction
 * is the one that signs in or sets a password. Errors: those of db_run; ERR_MEMORY.
 */
enum err device_remember(struct request *req, const struct uuid *user_id) MUST_CHECK;

#endif
