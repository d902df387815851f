/* The forms of the browser interface: fields with an id and a value. */
#ifndef ORGD_SIGNIN_FORMS_H
#define ORGD_SIGNIN_FORMS_H

#include <stdbool.h>

#include "http/http.h"

enum { FORM_FIELDS_MAX = 3 };

/* Values as sent, borrowed from the body; NULL if absent or empty. */
struct form {
    const char *email, *password, *actual_email;
};

/* Reads the `formFields` of a body, at most `most` of them. NULL, or the text for status 400. */
const char *form_read(const json_t *body, size_t most, struct form *form);

/* Problems of fields, collected and then answered together. */
struct form_problems {
    struct form_problem {
        const char *id, *error;
    } list[FORM_FIELDS_MAX];
    size_t count;
};

/* Adds a problem; does nothing if `error` is NULL. */
void form_problem(struct form_problems *problems, const char *id, const char *error);

/* 200 {"status":"FIELD_ERROR","formFields":[{"id":...,"error":...}]} */
enum err form_refuse(struct request *req, const struct form_problems *problems) MUST_CHECK;

/*
 * The problem with the value of an e-mail field, or NULL; `*email` is then the folded address, in the arena. `fresh`:
 * the address may become a new account, so email_valid must accept it. The texts are Agenta's, which also accepts user
 * names.
 */
const char *form_email_error(struct request *req, const char *value, bool fresh, const char **email);

extern const char form_missing[];

#endif
