/* Words differences as a page: both sides next to each other, grouped by kind. */
#include <string.h>

#include "schema/report.h"

/* Light and dark as the reader's system is; on narrow screens the two sides are below each other. */
static const char style[] =
    ":root{color-scheme:light dark;--line:#8884;--gone:#c22;--new:#171;--text:#1b1b1b;--back:#fff;--dim:#666}"
    "@media(prefers-color-scheme:dark){:root{--gone:#f77;--new:#6d6;--text:#e4e4e4;--back:#161616;--dim:#999}}"
    "body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1200px;padding:16px;color:var(--text);"
    "background:var(--back)}h1{font-size:1.4em}h2{font-size:1.1em;margin:2em 0 .3em}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "th,td{text-align:left;vertical-align:top;padding:6px 8px;border-top:1px solid var(--line)}"
    "td{overflow-wrap:anywhere}code{font:13px/1.4 ui-monospace,monospace;white-space:pre-wrap}"
    "details p{margin:.2em 0}summary{cursor:pointer;color:var(--dim)}.a{color:var(--gone)}.b{color:var(--new)}.dim{color:var(--dim)}"
    "@media(max-width:640px){thead{display:none}tr,td{display:block;width:auto}"
    "tr{border-top:1px solid var(--line);padding:6px 0}td{border:0;padding:2px 0}"
    "td[data-side]::before{content:attr(data-side);display:block;color:var(--dim);font-size:.85em}}";

static void add_escaped(struct buffer *out, const char *text)
{
    for (; text && *text; text++) {
        switch (*text) {
        case '&':
            buffer_text(out, "&amp;");
            break;
        case '<':
            buffer_text(out, "&lt;");
            break;
        case '>':
            buffer_text(out, "&gt;");
            break;
        case '"':
            buffer_text(out, "&quot;");
            break;
        default:
            buffer_char(out, *text);
        }
    }
}

/* Databases that are compared often have the same name. */
static void add_name(struct buffer *out, const char *side, const struct schema_document *document)
{
    buffer_format(out, "%s: ", side);
    add_escaped(out, document->name);
}

/* The side is named in the cell for narrow screens, where no heading is above it. */
static void add_side(struct buffer *out, const char *class, const struct schema_document *document, const char *text,
                     bool there)
{
    buffer_format(out, "<td class=\"%s\" data-side=\"", class);
    add_name(out, *class == 'a' ? "A" : "B", document);
    buffer_text(out, "\">");
    if (text) {
        buffer_text(out, "<code>");
        add_escaped(out, text);
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
        add_escaped(out, with->object);
        buffer_text(out, "</code></p>");
    }
    buffer_text(out, "</details>");
}

static void add_row(struct buffer *out, const struct schema_document *a, const struct schema_document *b,
                    const struct schema_difference *difference)
{
    bool change = difference->change != SCHEMA_ADDED && difference->change != SCHEMA_REMOVED;

    buffer_text(out, "<tr><td><code>");
    add_escaped(out, difference->object);
    buffer_format(out, "</code><br><span class=\"dim\">%s", schema_change_name(difference->change));
    if (*difference->what && difference->change == SCHEMA_CHANGED) {
        buffer_text(out, ": ");
        add_escaped(out, difference->what);
    }
    buffer_text(out, difference->parity ? "</span>" : "; no matter of parity</span>");
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
    add_escaped(out, kind);
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

    buffer_format(out,
                  "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                  "<title>Schema differences</title><style>%s</style></head><body>\n<h1>",
                  style);
    add_name(out, "A", a);
    buffer_text(out, ", ");
    add_name(out, "B", b);
    buffer_text(out, "</h1>\n<p>");
    schema_report_verdict(out, differences);
    buffer_text(out, "</p>\n<p class=\"dim\">");
    add_escaped(out, a->server);
    buffer_text(out, " / ");
    add_escaped(out, b->server);
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
    buffer_text(out, kind ? "</tbody></table>\n</body></html>\n" : "</body></html>\n");
}
