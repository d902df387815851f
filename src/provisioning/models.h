/* What the administration API takes and gives, declared (API-ADMIN.md 4). */
#ifndef ORGD_PROVISIONING_MODELS_H
#define ORGD_PROVISIONING_MODELS_H

#include "http/http.h"

extern const struct model simple_accounts_body;
extern const struct model simple_accounts_answer;

#endif
