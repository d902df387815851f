/*
 * Fuzzes e-mail addresses: any bytes as an address, compared with regular expressions; folding twice equals folding
 * once.
 */
#include <regex.h>
#include <string.h>
#include <talloc.h>

#include "base/email.h"
#include "base/text.h"
#include "fuzz.h"

#define ATOM "[!#$%&'*+/=?^_`{|}~A-Za-z0-9-]"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("ann@acme.io"),
    FUZZ_SEED("  Ann.B+tag@X.Acme.Io\n"),
    FUZZ_SEED("\"needless\"@acme.io"),
    FUZZ_SEED("\"two words\"@[192.0.2.1]"),
    FUZZ_SEED("\"a@b\"@acme.io"),
    FUZZ_SEED("j\xc3\xb6rg@b\xc3\xbc"
              "cher.example"),
    FUZZ_SEED("a@xn--bcher-kva.example"),
    FUZZ_SEED("ann@acme.io\r\nBcc: eve@evil.io"),
    FUZZ_SEED("a..b@c..d"),
    FUZZ_SEED("a@\xef\xbc\x8e"
              "b\xe3\x80\x82"
              "c\xc2\xad.io"),
    {0},
};

/* Whether a whole text matches, by the C library; the expression does not check the lengths. */
static bool oracle(const char *text)
{
    static const char pattern[] = "^(" ATOM "+(\\." ATOM "+)*|\"[] !#-?A-Z^-~[]+\")"
                                  "@(\\[[0-9]{1,3}(\\.[0-9]{1,3}){3}\\]|([A-Za-z0-9-]{1,63}\\.)+[A-Za-z]{2,63})$";
    static regex_t expression;
    static bool made;

    if (!made)
        require(regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0);
    made = true;
    return strlen(text) <= EMAIL_MAX && strchr(text, '@') && strrchr(text, '@') - text <= EMAIL_LOCAL_MAX &&
           regexec(&expression, text, 0, NULL, 0) == 0;
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static void check_strict(void *arena, const char *text)
{
    const char *address, *again;
    const char *reason = email_problem(arena, text, &address);

    if (reason) {
        require(*reason && text_valid(reason, strlen(reason)));
        return;
    }
    require(address && strlen(address) <= EMAIL_MAX && is_plain(strrchr(address, '@')));
    require(email_problem(arena, address, &again) == NULL && strcmp(again, address) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    char *text = talloc_strndup(arena, (const char *)data, size);
    const char *folded = email_fold(arena, text);

    require(strcmp(email_fold(arena, folded), folded) == 0);
    require(email_valid(folded) == oracle(folded));
    require(!email_valid(folded) || (email_valid_known(folded) && text_valid(folded, strlen(folded))));
    require(!email_valid_known(folded) || text_valid(folded, strlen(folded)));
    if (text_valid(text, strlen(text)))
        check_strict(arena, text);
    (void)talloc_free(arena);
    return 0;
}
