/* The access rules. */
#include "access/rules.h"

#include <string.h>

#include "base/text.h"

static bool listed(const struct config_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

bool access_may_own(void *arena, const struct config *config, const char *email)
{
    const char *folded = text_fold_email(arena, email);

    return config->allowed_owners.count == 0 || (folded && listed(&config->allowed_owners, folded));
}

struct access_decision access_decide(void *arena, const struct config *config, const struct access_question *question)
{
    return (struct access_decision){.may_sign_in = true, .may_own = access_may_own(arena, config, question->email)};
}
