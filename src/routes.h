/* The application: its route tables and hooks. */
#ifndef ORGD_ROUTES_H
#define ORGD_ROUTES_H

#include "http/http.h"

/* `config` is borrowed. */
struct application application_make(const struct config *config);

#endif
