/* The endpoints of the profile. */
#include "account/profile.h"

#include "account/statements.h"
#include "auth/identity.h"
#include "base/text.h"

enum { USERNAME_MAX_CHARACTERS = 255 };

static const struct field username_fields[] = {
    {.name = "username", .type = FIELD_STRING, .nullable = true, .max = USERNAME_MAX_CHARACTERS},
    {.name = "email", .type = FIELD_STRING, .nullable = true},
    {.name = "updated_at", .type = FIELD_STRING, .nullable = true},
};
const struct model profile_username_body = MODEL("UserUpdate", username_fields, NULL);

enum err profile_show(struct request *req)
{
    return REPLY_QUERY(req, 200, ERR_UNAUTHORIZED, profile_get, param_uuid(&identity_of(req)->user_id));
}

enum err profile_rename(struct request *req)
{
    const char *name = text_trim(req->arena, body_text(req, "username"));

    if (!name || !*name)
        return ERR_USERNAME_REQUIRED;
    return REPLY_QUERY(req, 200, ERR_UNAUTHORIZED, profile_set_username, param_uuid(&identity_of(req)->user_id),
                       param_text(name));
}

enum err profile_remove(struct request *req)
{
    (void)req;
    return ERR_PROFILE_NO_DELETION;
}
