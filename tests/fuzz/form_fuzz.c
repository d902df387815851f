/* Fuzzes the forms of the browser interface: any bytes as a body, with any maximum number of fields. */
#include <string.h>
#include <talloc.h>

#include "base/email.h"
#include "fuzz.h"
#include "signin/forms.h"
#include "signin/frontend_api.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED(
        "{\"formFields\":[{\"id\":\"email\",\"value\":\" Ann@acme.io\"},{\"id\":\"password\",\"value\":\"Str0ng!pass1\"}]}"),
    FUZZ_SEED("{\"formFields\":[{\"id\":\"email\",\"value\":1},{\"id\":\"password\"}]}"),
    FUZZ_SEED("{\"formFields\":[{\"id\":\"actualEmail\",\"value\":\"\"},{\"id\":\"email\",\"value\":\"ab\"},{}]}"),
    FUZZ_SEED("{\"formFields\":null}"),
    FUZZ_SEED("{\"formFields\":[[],1,\"\\u0000\",{\"id\":null,\"value\":{}}]}"),
    FUZZ_SEED("[\"formFields\"]"),
    {0},
};

/* A value is one of the texts of the body, and is never empty. */
static void check_value(const json_t *body, const char *value)
{
    const json_t *field;
    size_t i;
    bool found = false;

    if (!value)
        return;
    require(*value != '\0');
    json_array_foreach(json_object_get(body, "formFields"), i, field)
        found |= json_string_value(json_object_get(field, "value")) == value;
    require(found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request req = {.arena = talloc_new(NULL), .body = (const char *)data, .body_len = size};
    const json_t *body = fdi_body(&req);
    struct form form;
    const char *problem = form_read(body, FORM_FIELDS_MAX, &form);
    const char *email;

    require(json_is_object(body));
    if (!problem) {
        require(json_array_size(json_object_get(body, "formFields")) <= FORM_FIELDS_MAX);
        check_value(body, form.email);
        check_value(body, form.password);
        check_value(body, form.actual_email);
        require(form_email_error(&req, form.email, true, &email) != NULL || email_valid(email));
        require(form_email_error(&req, form.email, false, &email) != NULL || email_valid_known(email));
    }
    (void)talloc_free(req.arena);
    return 0;
}
