/* Endpoints of the access report and of the explanation of one address. */
#ifndef ORGD_ADMIN_ACCESS_ENDPOINTS_H
#define ORGD_ADMIN_ACCESS_ENDPOINTS_H

#include "http/http.h"

extern const struct field access_explain_parameters[];
extern const struct model access_report_answer, access_explain_answer;

enum err access_report_show(struct request *req);
enum err access_explain_show(struct request *req);

#endif
