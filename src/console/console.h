/* Serves the console, the browser application that the build puts into the program. */
#ifndef ORGD_CONSOLE_CONSOLE_H
#define ORGD_CONSOLE_CONSOLE_H

#include "http/http.h"

/*
 * The `page` hook of struct application. Serves the console's files at their paths, and index.html at "/" and at every
 * path when the client accepts HTML: the browser application finds its page by the path. ERR_NOT_FOUND for a missing
 * file below /assets/, ERR_AGAIN for every other path. Needs no database. In a program built without the console, "/"
 * says so.
 */
enum err console_answer(struct request *req) MUST_CHECK;

#endif
