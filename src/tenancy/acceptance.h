/* Invitations as the addressed people see them: listed, accepted, declined. */
#ifndef ORGD_TENANCY_ACCEPTANCE_H
#define ORGD_TENANCY_ACCEPTANCE_H

#include "http/http.h"

extern const struct model acceptance_body;
extern const struct model acceptance_by_id_body;
extern const struct model invitation_mine_answer;

/* By the token of the link. */
enum err acceptance_accept(struct request *req);
/*
 * Without the link: for a session that has proven the address, or with the token as well. An account made with a
 * password proves nothing: anybody may have typed the address.
 */
enum err acceptance_list(struct request *req);
enum err acceptance_accept_by_id(struct request *req);
enum err acceptance_decline(struct request *req);

#endif
