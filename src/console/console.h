/* Serves the console, the browser application that the build puts into the program. */
#ifndef ORGD_CONSOLE_CONSOLE_H
#define ORGD_CONSOLE_CONSOLE_H

#include "http/http.h"

/*
 * For struct application's `page`. A file of the console is answered at its path, "/" and every path for which HTML is
 * accepted with index.html: which page that is, the browser finds out. ERR_NOT_FOUND for a missing file below /assets/,
 * ERR_AGAIN for all else. Needs no database. Without a console "/" says that there is none.
 */
enum err console_answer(struct request *req) MUST_CHECK;

#endif
