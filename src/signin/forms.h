/* The forms of the browser interface: fields with an id and a value. */
#ifndef ORGD_SIGNIN_FORMS_H
#define ORGD_SIGNIN_FORMS_H

#include <stdbool.h>

#include "http/http.h"

enum { FORM_FIELDS_MAX = 3 };

/* Values as they were sent, borrowed from the body; NULL when absent or empty. */
struct form {
    const char *email, *password, *actual_email;
};

/* Reads the `formFields` of a body that may have at most `most` of them. NULL, or the text of the 400 to answer. */
const char *form_read(const json_t *body, size_t most, struct form *form);

/* What is wrong with fields: collected, then answered together. */
struct form_problems {
    struct form_problem {
        const char *id, *error;
    } list[FORM_FIELDS_MAX];
    size_t count;
};

/* Notes a problem; nothing when `error` is NULL. */
void form_problem(struct form_problems *problems, const char *id, const char *error);

/* 200 {"status":"FIELD_ERROR","formFields":[{"id":...,"error":...}]} */
enum err form_refuse(struct request *req, const struct form_problems *problems) MUST_CHECK;

/*
 * What is wrong with the value of an e-mail field, or NULL; `*email` is then the folded address, in the arena. `fresh`:
 * a new account may come of it, so only what email_valid takes. Texts as the original's, which took user names too.
 */
const char *form_email_error(struct request *req, const char *value, bool fresh, const char **email);

extern const char form_missing[];

#endif
