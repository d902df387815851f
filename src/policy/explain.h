/* Explains in plain words whether an address may sign in and own organizations. */
#ifndef ORGD_POLICY_EXPLAIN_H
#define ORGD_POLICY_EXPLAIN_H

#include <stdbool.h>

#include "base/buffer.h"
#include "db/db.h"
#include "policy/signin_rules.h"

struct access_explanation {
    void *arena;
    const struct config *config;
    const char *email;               /* in the form used for comparison: lower case, the domain in ASCII */
    bool is_address;                 /* otherwise every form refuses it before any rule is applied */
    struct access_question question; /* with the known facts about the address */
    struct access_decision decision;
    bool asked;          /* the facts come from a database or from the caller */
    const char *unasked; /* why they are unknown, as a readable sentence; may be NULL */
};

/* Begins an explanation of `email`, which may be any text. The address counts as unknown. Errors: ERR_MEMORY. */
enum err access_explain(void *arena, const struct config *config, const char *email,
                        struct access_explanation *explanation) MUST_CHECK;

/* Sets whether the address has an account and a pending invitation, and decides again. */
void access_explain_known(struct access_explanation *explanation, bool has_account, bool invited);

/* Does the same with the facts from the core database. Errors: those of db_run. */
enum err access_explain_ask(struct access_explanation *explanation, struct db *db) MUST_CHECK;

/* Whether the decision is the same whatever a database contains. */
bool access_explain_is_certain(const struct access_explanation *explanation);

/* Whether the address may sign in: it is well-formed, and the rules allow it. */
bool access_explain_may_sign_in(const struct access_explanation *explanation);

void access_explain_text(const struct access_explanation *explanation, struct buffer *out);
void access_explain_json(const struct access_explanation *explanation, struct buffer *out);

#endif
