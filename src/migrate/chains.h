/* The tables of migration chains, revisions and decisions, generated from chains/ at build time. */
#ifndef ORGD_MIGRATE_CHAINS_H
#define ORGD_MIGRATE_CHAINS_H

#include <stdbool.h>
#include <stddef.h>

#include "migrate/script.h"

enum database { DATABASE_CORE, DATABASE_TRACING };
#define DATABASE_COUNT 2

enum chain_edition { EDITION_OSS, EDITION_EE };

/* Revisions of all chains together, at most; the build refuses more. */
#define REVISIONS_MAX 256

/* One step. All SQL is without parameters and runs with search_path public. */
struct revision {
    const char *id;
    const char *what;          /* one sentence */
    struct script up[2];       /* by edition; empty when only the version row moves */
    const struct script *down; /* NULL when it cannot be undone */
    const char *stays;         /* why it cannot be undone; NULL when it can */
    const char *prepare;       /* before `up`: creates the version table on the first revision, else "" */
    const char *arrive;        /* after `up`: moves the version row; hits exactly one row */
    const char *leave;         /* after `down`: moves it back; hits exactly one row */
};

struct chain {
    const char *name; /* its folder */
    enum database database;
    bool enterprise;                  /* only in the enterprise edition */
    bool open;                        /* only in the open edition */
    bool legacy;                      /* ends where the next chain of the same version table begins */
    bool ours;                        /* not one of Agenta's */
    const char *table;                /* version table, with schema */
    const char *read;                 /* its rows, at most two */
    const char *remove;               /* drops the version table; run after `leave` of the first revision */
    const struct revision *revisions; /* in order of execution; at least one */
    size_t count;
};

/* In the order in which they run over a database. */
extern const struct chain chains[];
extern const size_t chain_count;

enum decision_kind {
    DECISION_CHANGE,   /* each row is something that the revision does */
    DECISION_REPORT,   /* each row is something that the operator has to know */
    DECISION_OBSTACLE, /* each row is a reason not to begin */
    DECISION_PURGE,    /* each row is deleted with the archive; belongs to no revision */
};

/* A revision for which something is decided, in one direction. */
struct decision_use {
    const char *chain;    /* its folder */
    const char *revision; /* its id */
    bool down;
};

/*
 * A query about the rows of a database. A plan shows its result, and the revision later acts on the result of the same
 * query. It is read-only, has no parameters, and uses the settings of migrate_set_options. It runs in every state
 * from the beginning of its chain up to its revision. Its last two columns are text: `outcome`, one word, and `reason`,
 * one sentence.
 */
struct decision {
    const char *name; /* its file */
    const char *what; /* one sentence */
    enum decision_kind kind;
    const struct decision_use *uses;
    size_t use_count;
    const char *sql[2]; /* by edition; NULL when the edition has no such query */
};

extern const struct decision decisions[];
extern const size_t decision_count;

/* Whether the revision uses the decision in that direction. */
bool decision_is_for(const struct decision *decision, const struct chain *chain, const struct revision *revision,
                     bool down);

#endif
