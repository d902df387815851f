/* Invitations for the people they are addressed to: list, accept, decline. */
#ifndef ORGD_TENANCY_ACCEPTANCE_H
#define ORGD_TENANCY_ACCEPTANCE_H

#include "http/http.h"

extern const struct model acceptance_body;
extern const struct model acceptance_by_id_body;
extern const struct model invitation_mine_answer;

/* With the token of the link. */
enum err acceptance_accept(struct request *req);
/*
 * Without the link: for a session that has proven the address, or together with the token. An account made with a
 * password proves nothing, because anybody can type any address.
 */
enum err acceptance_list(struct request *req);
enum err acceptance_accept_by_id(struct request *req);
enum err acceptance_decline(struct request *req);

#endif
