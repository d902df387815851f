/* Tells the operator where the migrations stand, what is to come, and what the last upgrade left. */
#ifndef ORGD_ADMIN_MIGRATIONS_H
#define ORGD_ADMIN_MIGRATIONS_H

#include "http/http.h"

/*
 * {"version","edition","databases":[{"database","name","state","sentence","chains":[{"chain","table","edition","owner",
 * "current","head","revisions":[{"revision","what","applied","reversible"}]}]}],"backfill":[{"place","outcome",
 * "members","at"}],"archive":[{"database","kind","name","rows"}]}; only the chains that run in this edition.
 */
enum err migrations_show(struct request *req) MUST_CHECK;

/* What `orgd migrate plan --json` prints; 409 with the sentence when a database cannot be brought up. */
enum err migrations_plan(struct request *req) MUST_CHECK;

#endif
