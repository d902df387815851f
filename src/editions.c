/* Chooses the edition. This file is the only one that includes src/enterprise/, and builds without it. */
#include "tenancy/edition.h"

#ifdef ORGD_ENTERPRISE
#include "enterprise/enterprise.h"
#endif

static const struct edition *chosen = &open_edition;

const struct edition *edition_now(void)
{
    return chosen;
}

enum err edition_choose(const struct config *config, struct error *error)
{
    const struct edition *enterprise = NULL;

#ifdef ORGD_ENTERPRISE
    enterprise = &enterprise_edition;
#endif
    if (!config_is_enterprise(config))
        return OK;
    if (!enterprise)
        return error_set(error, ERR_USAGE,
                         "AGENTA_LICENSE is ee, and this program was built without the enterprise edition.");
    chosen = enterprise;
    return OK;
}
