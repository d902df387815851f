/* Fills in mail templates as text and as HTML. */
#ifndef ORGD_MAIL_TEMPLATE_H
#define ORGD_MAIL_TEMPLATE_H

#include <jansson.h>

#include "base/error.h"

/* A template of src/mail/templates: NAME.txt, whose first line is the subject, and NAME.html. Fields are written as
 * {{name}}. */
struct mail_template {
    const char *name, *subject, *text, *html;
};

/* Ends with a row without name. */
extern const struct mail_template mail_templates[];

struct mail_content {
    const char *subject, *text, *html;
};

/*
 * Fills in a template from an object of strings. Control characters become spaces; in HTML, & < > " ' are escaped.
 * ERR_NOT_FOUND when the template or one of its fields is missing; ERR_MEMORY.
 */
enum err mail_render(void *arena, const char *name, const json_t *fields, struct mail_content *content) MUST_CHECK;

#endif
