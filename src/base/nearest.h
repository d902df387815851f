/* Finds the known word that is nearest to a mistyped one. */
#ifndef ORGD_BASE_NEAREST_H
#define ORGD_BASE_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word; /* as typed, borrowed */
    const char *best; /* the nearest candidate, borrowed; NULL when no candidate is near */
    size_t distance;
};

struct nearest nearest_to(const char *word);
/* Offers a candidate. The distance counts insertions, deletions, replacements and swaps of neighbours, ignoring case;
 * of equally near candidates the first wins. */
void nearest_offer(struct nearest *nearest, const char *known);

#endif
