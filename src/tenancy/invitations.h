/* Invitations for the users who invite: create, resend, list, revoke. */
#ifndef ORGD_TENANCY_INVITATIONS_H
#define ORGD_TENANCY_INVITATIONS_H

#include "http/http.h"

extern const struct model invite_body;
extern const struct model invite_resend_body;
extern const struct model invitations_create_body;
extern const struct model invitation_made_answer;
extern const struct model invitation_waiting_answer;

/* One address, in the format of Agenta. */
enum err invitations_invite(struct request *req);
enum err invitations_resend(struct request *req);
/* Many addresses: invites all of them, or none and reports why. */
enum err invitations_create(struct request *req);
enum err invitations_list(struct request *req);
enum err invitations_revoke(struct request *req);

#endif
