/* Projects: list, details, creation, renaming, the default, deletion. */
#ifndef ORGD_TENANCY_PROJECTS_H
#define ORGD_TENANCY_PROJECTS_H

#include "http/http.h"

extern const struct model project_create_body;
extern const struct model project_update_body;
extern const struct model project_answer;
extern const struct field project_id_parameter[];

enum err projects_list(struct request *req);
enum err projects_get(struct request *req);
enum err projects_create(struct request *req);
enum err projects_update(struct request *req);
enum err projects_delete(struct request *req);

#endif
