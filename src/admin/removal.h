/* What the deleting endpoints share: finding people, removing them with what goes with them, saying what was removed.
 */
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

/* What was removed or passed over. */
struct removal {
    struct buffer entries[REMOVED_KINDS], skipped[REMOVED_KINDS]; /* arrays without their brackets */
    bool always[REMOVED_KINDS];                                   /* shown when empty as well */
};

/* One person who is meant. */
struct removal_person {
    const char *written, *account;
    bool by_email, there;
    struct uuid id;
};

/* A JSON array of ids to be filled and closed, which statements take. */
struct buffer removal_list(struct request *req);
/* Runs a statement over a finished list. `rows` may be NULL. Errors: those of db_run. */
enum err removal_run(struct request *req, const struct statement *statement, const struct buffer *list,
                     struct result *rows) MUST_CHECK;
/* The ids that a statement returns, as {"id": ...} entries; `list` gets them as plain texts, and may be NULL. */
enum err removal_ids(struct request *req, const struct statement *statement, const struct buffer *given,
                     struct buffer *entries, struct buffer *list) MUST_CHECK;
/* Adds {"id": ...}. */
void removal_entry(struct buffer *entries, const char *id);

/* Nothing yet, in the request's arena; NULL without memory. */
struct removal *removal_make(struct request *req);
/* 200 with what was removed. */
enum err removal_answer(struct request *req, const struct removal *removed, bool dry_run) MUST_CHECK;

/*
 * Looks all of them up at once. `list` gets who is there, each once, and is closed.
 */
enum err removal_find(struct request *req, struct removal_person *people, size_t count, struct buffer *list) MUST_CHECK;
/* Holds people with their logins, in one order whoever asks, after the places that are removed as well. */
enum err removal_hold(struct request *req, const struct buffer *people) MUST_CHECK;
/* Removes people who are held, with their logins, sessions, keys and invitations. Who still owns something is refused,
 * in the reply.
 */
enum err removal_people(struct request *req, const struct buffer *people, struct removal *removed) MUST_CHECK;
/* Removes people with all they own. */
enum err removal_whole_people(struct request *req, const struct buffer *people, struct removal *removed) MUST_CHECK;

/* 400 for a text that is no UUID. */
enum err removal_refuse_uuid(struct request *req, const char *path, const char *written, const char *account);

#endif
