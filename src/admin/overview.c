/* Queries for the operator. */
#include "admin/overview.h"
#include "admin/statements.h"

enum err overview_organizations(struct db *db, struct result *rows)
{
    return DB_RUN(db, organizations_overview, rows);
}

enum err overview_default_project(struct db *db, const char *email, struct result *rows)
{
    return DB_RUN(db, default_project_of, rows, param_text(email));
}
