/* Why an address may sign in or own organizations, or not, in plain words. */
#ifndef ORGD_POLICY_EXPLAIN_H
#define ORGD_POLICY_EXPLAIN_H

#include <stdbool.h>

#include "base/buffer.h"
#include "db/db.h"
#include "policy/signin_rules.h"

struct access_explanation {
    void *arena;
    const struct config *config;
    const char *email;               /* as it is compared: folded, the domain in ASCII */
    bool is_address;                 /* otherwise every form refuses it before a rule is asked */
    struct access_question question; /* with what is known of the address */
    struct access_decision decision;
    bool asked;          /* the question was answered by a database, or by whoever asks */
    const char *unasked; /* why it was not, for people; may be NULL */
};

/* Begins an explanation of `email`, which may be any text, as that of a stranger. ERR_MEMORY. */
enum err access_explain(void *arena, const struct config *config, const char *email,
                        struct access_explanation *explanation) MUST_CHECK;

/* Takes note of an account and a live invitation, and decides again. */
void access_explain_known(struct access_explanation *explanation, bool has_account, bool invited);

/* The same with what the core database knows. Errors: those of db_run. */
enum err access_explain_ask(struct access_explanation *explanation, struct db *db) MUST_CHECK;

/* Whether the answer would be the same whatever a database knows. */
bool access_explain_is_certain(const struct access_explanation *explanation);

/* Whether the address may sign in: it is one, and the rules let it in. */
bool access_explain_may_sign_in(const struct access_explanation *explanation);

void access_explain_text(const struct access_explanation *explanation, struct buffer *out);
void access_explain_json(const struct access_explanation *explanation, struct buffer *out);

#endif
