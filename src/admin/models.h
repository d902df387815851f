/* Models of the bodies and answers of the administration API. */
#ifndef ORGD_ADMIN_MODELS_H
#define ORGD_ADMIN_MODELS_H

#include "http/http.h"

/* bodies */
extern const struct model accounts_body;
extern const struct model simple_accounts_body;
extern const struct model user_body;
extern const struct model identity_body;
extern const struct model organization_body;
extern const struct model organization_membership_body;
extern const struct model workspace_body;
extern const struct model workspace_membership_body;
extern const struct model project_body;
extern const struct model project_membership_body;
extern const struct model api_key_body;
extern const struct model accounts_delete_body;
extern const struct model simple_accounts_delete_body;
extern const struct model reset_password_body;
extern const struct model transfer_body;

/* answers */
extern const struct model accounts_answer;
extern const struct model simple_accounts_answer;

extern const struct model delete_answer;
extern const struct model transfer_answer;

#endif
