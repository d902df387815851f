/* Finds the known word that a mistyped one was probably meant to be. */
#ifndef ORGD_BASE_NEAREST_H
#define ORGD_BASE_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word; /* as typed, borrowed */
    const char *best; /* borrowed from what was offered; NULL when nothing is near */
    size_t distance;
};

struct nearest nearest_to(const char *word);
/* Compares by insertions, deletions, replacements and swaps of neighbours, letter case aside; the first of equals
 * stays. */
void nearest_offer(struct nearest *nearest, const char *known);

#endif
