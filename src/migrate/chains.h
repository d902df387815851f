/* The table of migration chains and their revisions, made at build time from chains/. */
#ifndef ORGD_MIGRATE_CHAINS_H
#define ORGD_MIGRATE_CHAINS_H

#include <stdbool.h>
#include <stddef.h>

enum database { DATABASE_CORE, DATABASE_TRACING };
#define DATABASE_COUNT 2

enum edition { EDITION_OSS, EDITION_EE };

/* Revisions of all chains together, at most; the build refuses more. */
#define REVISIONS_MAX 256

/* One step. All SQL is complete text without parameters and runs with search_path public. */
struct revision {
    const char *id;
    const char *what;    /* one sentence */
    const char *up[2];   /* by edition; "" when only the version row moves */
    const char *down;    /* NULL when it cannot be undone */
    const char *stays;   /* why not; NULL when it can */
    const char *prepare; /* before `up`: creates the version table on the first revision, else "" */
    const char *arrive;  /* after `up`: moves the version row; hits exactly one row */
    const char *leave;   /* after `down`: moves it back; hits exactly one row */
};

struct chain {
    const char *name; /* its folder */
    enum database database;
    bool enterprise;                  /* only in the enterprise edition */
    bool ours;                        /* not one of Agenta's */
    const char *table;                /* version table, with schema */
    const char *read;                 /* its rows, at most two */
    const char *remove;               /* after `leave` of the first revision: no table means that the chain never ran */
    const struct revision *revisions; /* in order of execution; at least one */
    size_t count;
};

/* In the order in which they run over a database. */
extern const struct chain chains[];
extern const size_t chain_count;

#endif
