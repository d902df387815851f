/* Fills in mail templates. */
#include "mail/template.h"

#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/utf8.h"

enum { CONTENT_MAX = 64 << 10, NAME_MAX_LENGTH = 32 };

static const char *entity_of(char c)
{
    static const struct {
        char c;
        const char *entity;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (entities[i].c == c)
            return entities[i].entity;
    return NULL;
}

/* Users choose names: control characters become spaces, and invisible characters are left out. */
static void add_value(struct buffer *out, const char *value, bool html)
{
    const char *end = value + strlen(value);

    while (value < end) {
        const char *entity = html ? entity_of(*value) : NULL;
        uint32_t point = 0xfffd;
        size_t len = utf8_read(value, end, &point);

        if (entity)
            buffer_text(out, entity);
        else if (!utf8_invisible(point))
            buffer_add(out, value, len);
        else if (point < ' ')
            buffer_char(out, ' ');
        value += len ? len : 1;
    }
}

static const char *value_of(const json_t *fields, const char *name, size_t len)
{
    char key[NAME_MAX_LENGTH];

    if (len >= sizeof key)
        return NULL;
    memcpy(key, name, len);
    key[len] = '\0';
    return json_member_text(fields, key);
}

static enum err fill(void *arena, const char *text, const json_t *fields, bool html, const char **filled)
{
    struct buffer out = buffer_make(arena, CONTENT_MAX);
    const char *open;

    while ((open = strstr(text, "{{"))) {
        size_t len = strcspn(open + 2, "}");
        const char *value = value_of(fields, open + 2, len);

        if (!value)
            return ERR_NOT_FOUND;
        buffer_add(&out, text, (size_t)(open - text));
        add_value(&out, value, html);
        text = open + 2 + len + 2;
    }
    buffer_text(&out, text);
    *filled = buffer_string(&out);
    return *filled ? OK : ERR_MEMORY;
}

enum err mail_render(void *arena, const char *name, const json_t *fields, struct mail_content *content)
{
    const struct mail_template *template = mail_templates;

    while (template->name && strcmp(template->name, name) != 0)
        template ++;
    if (!template->name)
        return ERR_NOT_FOUND;
    TRY(fill(arena, template->subject, fields, false, &content->subject));
    TRY(fill(arena, template->text, fields, false, &content->text));
    return fill(arena, template->html, fields, true, &content->html);
}
