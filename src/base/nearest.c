/* Edit distance between words. */
#include "base/nearest.h"

#include <string.h>
#include <strings.h>

#define WORD_MAX 64 /* bytes; longer words are near to nothing */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int same(char a, char b)
{
    return strncasecmp(&a, &b, 1) == 0;
}

/* Three rows of the table of distances suffice: the current one and the two before. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][WORD_MAX + 1];

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *before = rows[(i + 2) % 3];
        const size_t *twice = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = least(least(before[j], row[j - 1]) + 1, before[j - 1] + !same(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[j] = least(row[j], twice[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

struct nearest nearest_to(const char *word)
{
    /* One slip in a short word, one more for every five letters. */
    return (struct nearest){.word = word, .distance = 2 + strlen(word) / 5};
}

void nearest_offer(struct nearest *nearest, const char *known)
{
    size_t word_len = strlen(nearest->word);
    size_t known_len = strlen(known);
    size_t found;

    if (word_len > WORD_MAX || known_len > WORD_MAX)
        return;
    found = distance(nearest->word, word_len, known, known_len);
    if (found < nearest->distance) {
        nearest->distance = found;
        nearest->best = known;
    }
}
