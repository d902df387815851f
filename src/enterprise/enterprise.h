/* Defines the enterprise edition. */
#ifndef ORGD_ENTERPRISE_ENTERPRISE_H
#define ORGD_ENTERPRISE_ENTERPRISE_H

#include "tenancy/edition.h"

extern const struct edition enterprise_edition;

#endif
