/* HTML pages that need nothing else: no style sheet, script or image from anywhere. */
#include "base/page.h"

/* Light and dark as the reader's system is; on narrow screens the two sides are below each other. */
static const char style[] =
    ":root{color-scheme:light dark;--line:#8884;--gone:#c22;--new:#171;--text:#1b1b1b;--back:#fff;--dim:#666;--mark:#3b4fd8}"
    "@media(prefers-color-scheme:dark){:root{--gone:#f77;--new:#6d6;--text:#e4e4e4;--back:#161616;--dim:#999;--mark:#8c9bff}}"
    "body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1200px;padding:16px;color:var(--text);"
    "background:var(--back)}h1{font-size:1.4em}h2{font-size:1.1em;margin:2em 0 .3em}h3{font-size:1em;margin:1.4em 0 .3em}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "th,td{text-align:left;vertical-align:top;padding:6px 8px;border-top:1px solid var(--line)}"
    ".auto{table-layout:auto}td{overflow-wrap:anywhere}code{font:13px/1.4 ui-monospace,monospace;white-space:pre-wrap}"
    "details p{margin:.2em 0}summary{cursor:pointer;color:var(--dim)}.a{color:var(--gone)}.b{color:var(--new)}.dim{color:var(--dim)}"
    ".grave{color:var(--gone)}svg{max-width:100%;height:auto}svg text{fill:var(--text);font:13px system-ui,sans-serif}"
    "svg circle{stroke:var(--mark);stroke-width:2}svg .done{fill:var(--mark)}svg .todo{fill:var(--back)}svg line{stroke:var(--mark);stroke-width:2}"
    "@media(max-width:640px){thead{display:none}tr,td{display:block;width:auto}"
    "tr{border-top:1px solid var(--line);padding:6px 0}td{border:0;padding:2px 0}"
    "td[data-side]::before{content:attr(data-side);display:block;color:var(--dim);font-size:.85em}}";

void page_begin(struct buffer *out, const char *title)
{
    buffer_text(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
    page_text(out, title);
    buffer_format(out, "</title><style>%s</style></head><body>\n", style);
}

void page_end(struct buffer *out)
{
    buffer_text(out, "</body></html>\n");
}

void page_char(struct buffer *out, char c)
{
    switch (c) {
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
        buffer_char(out, c);
    }
}

void page_text(struct buffer *out, const char *text)
{
    for (; text && *text; text++)
        page_char(out, *text);
}

void page_element(struct buffer *out, const char *name, const char *text)
{
    buffer_format(out, "<%s>", name);
    page_text(out, text);
    buffer_format(out, "</%s>\n", name);
}

void page_table_begin(struct buffer *out, const char *const headings[], size_t count)
{
    buffer_text(out, "<table class=\"auto\"><thead><tr>");
    for (size_t i = 0; i < count; i++) {
        buffer_text(out, "<th scope=\"col\">");
        page_text(out, headings[i]);
        buffer_text(out, "</th>");
    }
    buffer_text(out, "</tr></thead><tbody>\n");
}

void page_table_row(struct buffer *out, const char *const headings[], const char *const cells[], size_t count)
{
    buffer_text(out, "<tr>");
    for (size_t i = 0; i < count; i++) {
        buffer_text(out, "<td data-side=\"");
        page_text(out, headings[i]);
        buffer_text(out, "\">");
        page_text(out, cells[i]);
        buffer_text(out, "</td>");
    }
    buffer_text(out, "</tr>\n");
}

void page_table_end(struct buffer *out)
{
    buffer_text(out, "</tbody></table>\n");
}
