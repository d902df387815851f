/* Searches the list of common passwords. */
#include "policy/common_passwords.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 127, ENDING_MAX = 5 };

/* Names of the product itself, which an attacker would try here. */
static const char *const product_names[] = {"agenta", "orgd"};

static int compare(const unsigned char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

    return order != 0 ? order : a_len < b_len ? -1 : a_len > b_len;
}

/* The last block whose first word does not sort after `word`. */
static size_t find_block(const char *word, size_t len)
{
    size_t low = 0, high = common_password_block_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        const unsigned char *head = common_password_data + common_password_blocks[middle];

        if (compare(head + 2, head[1], word, len) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool is_listed(const char *word, size_t len)
{
    size_t block = find_block(word, len);
    const unsigned char *at = common_password_data + common_password_blocks[block];
    const unsigned char *end = common_password_data + common_password_blocks[block + 1];
    unsigned char current[2 * WORD_MAX];

    for (size_t i = 0; i < sizeof product_names / sizeof *product_names; i++)
        if (strlen(product_names[i]) == len && memcmp(product_names[i], word, len) == 0)
            return true;
    while (at < end) {
        size_t size = (size_t)at[0] + at[1];

        memcpy(current + at[0], at + 2, at[1]);
        if (compare(current, size, word, len) == 0)
            return true;
        at += 2 + at[1];
    }
    return false;
}

bool password_is_common(const char *password)
{
    char word[WORD_MAX];
    size_t len = strlen(password);

    if (len > sizeof word)
        return false;
    for (size_t i = 0; i < len; i++)
        word[i] = (char)(password[i] >= 'A' && password[i] <= 'Z' ? password[i] - 'A' + 'a' : password[i]);
    for (size_t cut = 0; cut <= ENDING_MAX && cut < len; cut++) {
        if (is_listed(word, len - cut))
            return true;
        if (!isascii(word[len - cut - 1]) || isalpha((unsigned char)word[len - cut - 1]))
            return false;
    }
    return false;
}
