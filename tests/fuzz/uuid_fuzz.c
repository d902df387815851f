/* Fuzzes the parser of UUIDs; a regular expression gives the expected result. */
#include <regex.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/uuid.h"
#include "fuzz.h"

#define ID "01a203fc-4c18-7000-8fbf-6932d8bc8d1e"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED(ID),
    FUZZ_SEED("01A203FC4C1870008FBF6932D8BC8D1E"),
    FUZZ_SEED("urn:uuid:" ID),
    FUZZ_SEED("uuid:{" ID "}"),
    FUZZ_SEED("urn:{}" ID "{}{"),
    FUZZ_SEED("-" ID "-"),
    FUZZ_SEED("{}"),
    FUZZ_SEED("00000000-0000-0000-0000-00000000000g"),
    {0},
};

struct expression {
    const char *pattern;
    regex_t compiled;
    bool ready;
};

static bool matches(struct expression *expression, const char *text)
{
    if (!expression->ready)
        require(regcomp(&expression->compiled, expression->pattern, REG_EXTENDED | REG_NOSUB) == 0);
    expression->ready = true;
    return regexec(&expression->compiled, text, 0, NULL, 0) == 0;
}

static void check_digits(const char *text, const struct uuid *id)
{
    char digits[2 * sizeof id->bytes + 1];
    char canonical[UUID_TEXT_SIZE];
    const char *at = uuid_format(id, canonical);
    size_t count = 0;

    if (strncmp(text, "urn:", 4) == 0)
        text += 4;
    if (strncmp(text, "uuid:", 5) == 0)
        text += 5;
    for (; *text; text++)
        if (!strchr("{}-", *text) && count < sizeof digits)
            digits[count++] = *text;
    require(count == 2 * sizeof id->bytes);
    for (count = 0; *at; at++)
        require(*at == '-' || strncasecmp(at, &digits[count++], 1) == 0);
}

static void check_round_trip(const struct uuid *id)
{
    struct uuid again = {{0}};
    char text[UUID_TEXT_SIZE];

    require(strlen(uuid_format(id, text)) == UUID_TEXT_SIZE - 1);
    require(uuid_parse(text, &again) && uuid_equal(id, &again));
    again = (struct uuid){{0}};
    require(uuid_parse_canonical(text, &again) && uuid_equal(id, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct expression any = {.pattern = "^(urn:)?(uuid:)?[{}]*(-*[0-9a-fA-F]){32}-*[{}]*$"};
    static struct expression canonical = {.pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"};
    char *text = talloc_strndup(NULL, (const char *)data, size);
    struct uuid id = {{0xa5}};
    struct uuid before = id;
    bool read = uuid_parse(text, &id);

    require(read == matches(&any, text));
    require(read || uuid_equal(&id, &before));
    if (read)
        check_digits(text, &id);
    id = before;
    read = uuid_parse_canonical(text, &id);
    require(read == matches(&canonical, text));
    require(read || uuid_equal(&id, &before));
    if (size >= sizeof id.bytes) {
        memcpy(id.bytes, data, sizeof id.bytes);
        check_round_trip(&id);
    }
    (void)talloc_free(text);
    return 0;
}
