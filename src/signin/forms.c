/* Reads and checks form fields. */
#include "signin/forms.h"

#include <string.h>

#include "base/email.h"
#include "base/json.h"
#include "base/text.h"
#include "signin/frontend_api.h"

enum { USERNAME_LEAST = 3, ANSWER_MAX = 16 << 10 };

const char form_missing[] = "Field is not optional";

/* Where to store the value of a known field; NULL for other fields. */
static const char **place_of(struct form *form, const char *id)
{
    if (strcmp(id, "email") == 0)
        return &form->email;
    if (strcmp(id, "password") == 0)
        return &form->password;
    return strcmp(id, "actualEmail") == 0 ? &form->actual_email : NULL;
}

/* Reads one field; of several with the same id the first counts. NULL, or the error text. */
static const char *take(const json_t *field, struct form *form, unsigned *seen)
{
    const char *id = json_member_text(field, "id");
    const json_t *value = json_object_get(field, "value");
    const char **place;
    unsigned mark;

    if (!json_object_get(field, "id") || !value)
        return "All elements of formFields must contain an 'id' and 'value' field";
    place = id ? place_of(form, id) : NULL;
    if (!place)
        return NULL;
    mark = 1U << (place - &form->email);
    if (*seen & mark)
        return NULL;
    *seen |= mark;
    if (!json_is_string(value))
        return place == &form->password ? "password value must be a string" : "email value must be a string";
    if (json_string_length(value) > 0)
        *place = json_string_value(value);
    return NULL;
}

const char *form_read(const json_t *body, size_t most, struct form *form)
{
    const json_t *fields = json_object_get(body, "formFields");
    const char *problem = NULL;
    unsigned seen = 0;

    *form = (struct form){0};
    if (!fields)
        return NULL;
    if (json_is_null(fields))
        return "Missing input param: formFields";
    if (!json_is_array(fields))
        return "formFields must be an array";
    if (json_array_size(fields) > most)
        return "Are you sending too many formFields?";
    for (size_t i = 0; !problem && i < json_array_size(fields); i++)
        problem = take(json_array_get(fields, i), form, &seen);
    return problem;
}

void form_problem(struct form_problems *problems, const char *id, const char *error)
{
    if (error && problems->count < FORM_FIELDS_MAX)
        problems->list[problems->count++] = (struct form_problem){id, error};
}

enum err form_refuse(struct request *req, const struct form_problems *problems)
{
    struct buffer body = buffer_make(req->arena, ANSWER_MAX);

    json_open(&body, '{');
    json_key(&body, "status");
    json_text(&body, "FIELD_ERROR");
    json_key(&body, "formFields");
    json_open(&body, '[');
    for (size_t i = 0; i < problems->count; i++) {
        JSON_OBJECT(&body, member_text("id", problems->list[i].id), member_text("error", problems->list[i].error));
    }
    json_close(&body, ']');
    json_close(&body, '}');
    return fdi_answer(req, 200, &body);
}

const char *form_email_error(struct request *req, const char *value, bool fresh, const char **email)
{
    *email = email_fold(req->arena, value);
    if (!*email || **email == '\0')
        return form_missing;
    if (email_valid(*email) || (!fresh && email_valid_known(*email)))
        return NULL;
    if (text_count(*email) < USERNAME_LEAST)
        return "Usernames must be at least 3 characters long.";
    if (strlen(*email) > EMAIL_MAX || email_valid_known(*email))
        return "Email is invalid";
    if (strspn(*email, "abcdefghijklmnopqrstuvwxyz0123456789_-") < strlen(*email))
        return "Username must contain only alphanumeric, underscore or hyphen characters.";
    return "Email is invalid";
}
