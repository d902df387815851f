/* Decides whether a credential may act on the ids that a request names. */
#include "auth/reach.h"

#include <string.h>

#include "auth/identity.h"
#include "base/json.h"
#include "config/config.h"
#include "http/router.h"

/* An id from the path, the query or the body. "current" means the caller's own project. */
static bool is_own(const char *text, const struct uuid *own)
{
    struct uuid id;

    return !text || !*text || strcmp(text, "current") == 0 || (uuid_parse(text, &id) && uuid_equal(&id, own));
}

/* Whether the id of that name is the caller's own, wherever the request has it. */
static bool names_own(struct request *req, const char *name, const struct uuid *own)
{
    const struct route *route = req->route;

    if (route_has_path_parameter(route->path, name) && !is_own(path_value(req, name), own))
        return false;
    for (const struct field *field = route->parameters; field && field->name; field++)
        if (strcmp(field->name, name) == 0 && !route_has_path_parameter(route->path, name) &&
            !is_own(query_value(req, name), own))
            return false;
    return !json_is_object(req->json) || is_own(json_member_text(req->json, name), own);
}

enum err reach_permits(struct request *req)
{
    const struct identity *caller = identity_of(req);

    if (caller->has_key && (req->route->flags & ROUTE_OWNERSHIP) && !req->config->keys_own)
        return ERR_KEY_MAY_NOT_OWN;
    if (!caller->restricted)
        return OK;
    if ((req->route->flags & ROUTE_WITHIN_PROJECT) && names_own(req, "organization_id", &caller->organization_id) &&
        names_own(req, "workspace_id", &caller->workspace_id) && names_own(req, "project_id", &caller->project_id))
        return OK;
    return ERR_KEY_RESTRICTED;
}

const struct uuid *reach_project(const struct request *req)
{
    return identity_of(req)->restricted ? &identity_of(req)->project_id : NULL;
}

const struct uuid *reach_workspace(const struct request *req)
{
    return identity_of(req)->restricted ? &identity_of(req)->workspace_id : NULL;
}

const struct uuid *reach_organization(const struct request *req)
{
    return identity_of(req)->restricted ? &identity_of(req)->organization_id : NULL;
}
