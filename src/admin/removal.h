/* Shared by the deleting endpoints: finds users, deletes them with their objects, and writes the answer. */
#ifndef ORGD_ADMIN_REMOVAL_H
#define ORGD_ADMIN_REMOVAL_H

#include "http/http.h"

/* By kind, in the order of the answer. */
enum removal_kind {
    REMOVED_USERS,
    REMOVED_IDENTITIES,
    REMOVED_ORGANIZATIONS,
    REMOVED_WORKSPACES,
    REMOVED_PROJECTS,
    REMOVED_ORGANIZATION_MEMBERS,
    REMOVED_WORKSPACE_MEMBERS,
    REMOVED_PROJECT_MEMBERS,
    REMOVED_API_KEYS,
    REMOVED_KINDS
};

/* Deleted and skipped objects. */
struct removal {
    struct buffer entries[REMOVED_KINDS], skipped[REMOVED_KINDS]; /* arrays without their brackets */
    bool always[REMOVED_KINDS];                                   /* shown even when empty */
};

/* A user to delete. */
struct removal_user {
    const char *written, *account;
    bool by_email, there;
    struct uuid id;
};

/* An open JSON array of ids, a parameter of statements. */
struct buffer removal_list(struct request *req);
/* Runs a statement over a finished list. `rows` may be NULL. Errors: those of db_run. */
enum err removal_run(struct request *req, const struct statement *statement, const struct buffer *list,
                     struct result *rows) MUST_CHECK;
/* The column with the id in the result of every statement that removes or locks. */
enum { REMOVAL_ID };
/* Runs a statement, and adds the ids that it returns as {"id": ...} entries; `list`, if not NULL, gets the plain ids.
 */
enum err removal_ids(struct request *req, const struct statement *statement, const struct buffer *given,
                     struct buffer *entries, struct buffer *list) MUST_CHECK;
/* Adds {"id": ...}. */
void removal_entry(struct buffer *entries, const char *id);

/* An empty removal in the request's arena; NULL without memory. */
struct removal *removal_make(struct request *req);
/* Answers 200 with the deleted and skipped objects. */
enum err removal_answer(struct request *req, const struct removal *removed, bool dry_run) MUST_CHECK;

/* Looks up all users in one statement. `list` gets the existing ones, each once, and is closed. */
enum err removal_find(struct request *req, struct removal_user *users, size_t count, struct buffer *list) MUST_CHECK;
/* Locks users and their logins in a fixed order, after the organizations, workspaces and projects to delete. */
enum err removal_lock_users(struct request *req, const struct buffer *users) MUST_CHECK;
/* Deletes locked users with their logins, sessions, keys and invitations. A user who still owns an organization is
 * refused in the reply. */
enum err removal_users(struct request *req, const struct buffer *users, struct removal *removed) MUST_CHECK;
/* Deletes users with everything they own. */
enum err removal_users_with_organizations(struct request *req, const struct buffer *users,
                                          struct removal *removed) MUST_CHECK;

/* 400 for a malformed UUID. */
enum err removal_refuse_uuid(struct request *req, const char *path, const char *written, const char *account);

#endif
