/* Who may own organizations, decided from an address and the configuration alone (API-ACCOUNTS.md 9). */
#ifndef ORGD_ACCESS_RULES_H
#define ORGD_ACCESS_RULES_H

#include <stdbool.h>

#include "base/config.h"

/* True when no owner list is set, or the trimmed lower-cased address stands in it. `arena` holds temporary text. */
bool access_may_own(void *arena, const struct config *config, const char *email);

#endif
