/* The expected schema of each database at the newest revisions: the dumps of chains/shapes, compiled in. */
#ifndef ORGD_MIGRATE_EXPECTED_SCHEMAS_H
#define ORGD_MIGRATE_EXPECTED_SCHEMAS_H

#include <stddef.h>

/* A dump without its header, deflated (zlib). */
struct shape {
    const char *name; /* "oss_core" */
    const unsigned char *data;
    size_t size;
    size_t length; /* inflated */
};

extern const struct shape shapes[];
extern const size_t shape_count;

#endif
