/* Formats differences as an HTML page: both sides next to each other, grouped by kind. */
#include <string.h>

#include "base/page.h"
#include "schema/report.h"

/* Both databases often have the same name. */
static void add_name(struct buffer *out, const char *side, const struct schema_document *document)
{
    buffer_format(out, "%s: ", side);
    page_text(out, document->name);
}

/* Each cell names its side for narrow screens, which show no heading. */
static void add_side(struct buffer *out, const char *class, const struct schema_document *document, const char *text,
                     bool there)
{
    buffer_format(out, "<td class=\"%s\" data-side=\"", class);
    add_name(out, *class == 'a' ? "A" : "B", document);
    buffer_text(out, "\">");
    if (text) {
        buffer_text(out, "<code>");
        page_text(out, text);
        buffer_text(out, "</code>");
    } else {
        buffer_text(out, there ? "is there" : "<span class=\"dim\">not there</span>");
    }
    buffer_text(out, "</td>");
}

static void add_followers(struct buffer *out, const struct schema_difference *difference)
{
    if (difference->with_count == 0)
        return;
    buffer_text(out, "<details><summary>");
    schema_report_followers(out, difference);
    buffer_text(out, "</summary>");
    for (size_t i = 0; i < difference->with_count; i++) {
        const struct schema_difference *with = &difference->with[i];

        buffer_format(out, "<p>%s %s <code>", schema_change_name(with->change), schema_difference_kind(with));
        page_text(out, with->object);
        buffer_text(out, "</code></p>");
    }
    buffer_text(out, "</details>");
}

static void add_row(struct buffer *out, const struct schema_document *a, const struct schema_document *b,
                    const struct schema_difference *difference)
{
    bool change = difference->change != SCHEMA_ADDED && difference->change != SCHEMA_REMOVED;

    buffer_text(out, "<tr><td><code>");
    page_text(out, difference->object);
    buffer_format(out, "</code><br><span class=\"dim\">%s", schema_change_name(difference->change));
    if (*difference->what && difference->change == SCHEMA_CHANGED) {
        buffer_text(out, ": ");
        page_text(out, difference->what);
    }
    buffer_text(out, difference->parity ? "</span>" : "; not counted for parity</span>");
    add_followers(out, difference);
    buffer_text(out, "</td>");
    add_side(out, "a", a, difference->from, difference->change == SCHEMA_REMOVED || (change && difference->from));
    add_side(out, "b", b, difference->to, difference->change == SCHEMA_ADDED || (change && difference->to));
    buffer_text(out, "</tr>\n");
}

static void add_heading(struct buffer *out, const char *kind, const struct schema_document *a,
                        const struct schema_document *b)
{
    buffer_text(out, "<h2>");
    page_text(out, kind);
    buffer_text(out, "</h2>\n<table><thead><tr><th scope=\"col\">Object</th><th scope=\"col\">");
    add_name(out, "A", a);
    buffer_text(out, "</th><th scope=\"col\">");
    add_name(out, "B", b);
    buffer_text(out, "</th></tr></thead><tbody>\n");
}

void schema_report_html(struct buffer *out, const struct schema_document *a, const struct schema_document *b,
                        const struct schema_differences *differences)
{
    const char *kind = NULL;

    page_begin(out, "Schema differences");
    buffer_text(out, "<h1>");
    add_name(out, "A", a);
    buffer_text(out, ", ");
    add_name(out, "B", b);
    buffer_text(out, "</h1>\n<p>");
    schema_report_verdict(out, differences);
    buffer_text(out, "</p>\n<p class=\"dim\">");
    page_text(out, a->server);
    buffer_text(out, " / ");
    page_text(out, b->server);
    buffer_text(out, "</p>\n");
    for (size_t i = 0; i < differences->count; i++) {
        const char *next = schema_difference_kind(&differences->items[i]);

        if (!kind || strcmp(kind, next) != 0) {
            buffer_text(out, kind ? "</tbody></table>\n" : "");
            add_heading(out, next, a, b);
            kind = next;
        }
        add_row(out, a, b, &differences->items[i]);
    }
    buffer_text(out, kind ? "</tbody></table>\n" : "");
    page_end(out);
}
