/* Endpoints of the migration state, the plan, and the results of the last upgrade. */
#ifndef ORGD_ADMIN_MIGRATIONS_H
#define ORGD_ADMIN_MIGRATIONS_H

#include "http/http.h"

/*
 * {"version","edition","databases":[{"database","name","state","sentence","chains":[{"chain","table","edition","owner",
 * "current","head","revisions":[{"revision","what","applied","reversible"}]}]}],"backfill":[{"place","outcome",
 * "members","at"}],"archive":[{"database","kind","name","rows"}]}; only the chains that run in this edition.
 */
enum err migrations_show(struct request *req) MUST_CHECK;

/* The output of `orgd migrate plan --json`; 409 with a sentence when a database cannot be migrated. */
enum err migrations_plan(struct request *req) MUST_CHECK;

#endif
