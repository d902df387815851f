/* Writes self-contained HTML pages: without style sheets, scripts or images of their own. */
#ifndef ORGD_BASE_PAGE_H
#define ORGD_BASE_PAGE_H

#include "base/buffer.h"

/* Writes everything before the body's content; `title` is escaped. Available classes: dim, a and b (two sides), grave.
 */
void page_begin(struct buffer *out, const char *title);
void page_end(struct buffer *out);

/* Writes text, escaped for content and for attributes in double quotes. NULL writes nothing. */
void page_text(struct buffer *out, const char *text);
/* Writes one character of such a text. */
void page_char(struct buffer *out, char c);
/* Writes a text in an element without attributes. */
void page_element(struct buffer *out, const char *name, const char *text);

/* Writes a table of texts; NULL is an empty cell. Narrow screens show the heading in each cell. */
void page_table_begin(struct buffer *out, const char *const headings[], size_t count);
void page_table_row(struct buffer *out, const char *const headings[], const char *const cells[], size_t count);
void page_table_end(struct buffer *out);

#endif
