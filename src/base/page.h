/* HTML pages that need nothing else: no style sheet, script or image from anywhere. */
#ifndef ORGD_BASE_PAGE_H
#define ORGD_BASE_PAGE_H

#include "base/buffer.h"

/* Everything up to the body's content; `title` is escaped. The classes there are: dim, a and b (two sides), grave. */
void page_begin(struct buffer *out, const char *title);
void page_end(struct buffer *out);

/* Text, escaped for content and for attributes in double quotes. NULL writes nothing. */
void page_text(struct buffer *out, const char *text);
/* An element without attributes around a text. */
void page_element(struct buffer *out, const char *name, const char *text);

/* A table of texts, NULL being an empty one. Rows repeat the headings, which narrow screens show in the cells. */
void page_table_begin(struct buffer *out, const char *const headings[], size_t count);
void page_table_row(struct buffer *out, const char *const headings[], const char *const cells[], size_t count);
void page_table_end(struct buffer *out);

#endif
