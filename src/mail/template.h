/* What mail says: templates with fields, filled in as text and as HTML. */
#ifndef ORGD_MAIL_TEMPLATE_H
#define ORGD_MAIL_TEMPLATE_H

#include <jansson.h>

#include "base/error.h"

/* src/mail/templates: NAME.txt, whose first line is the subject, and NAME.html. Fields stand in them as {{name}}. */
struct mail_template {
    const char *name, *subject, *text, *html;
};

/* Ended by a row without name. */
extern const struct mail_template mail_templates[];

struct mail_content {
    const char *subject, *text, *html;
};

/*
 * Fills in a template from an object of strings. Control characters become spaces; in HTML, & < > " ' are escaped.
 * ERR_NOT_FOUND when there is no such template or a field of it is missing; ERR_MEMORY.
 */
enum err mail_render(void *arena, const char *name, const json_t *fields, struct mail_content *content) MUST_CHECK;

#endif
