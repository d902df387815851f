/* Sessions. */
#include "identity/sessions.h"

enum err session_begin(struct request *req, const struct session_begin *begin)
{
    (void)req;
    (void)begin;
    return ERR_INTERNAL;
}

enum err sessions_end_all(struct request *req, const struct uuid *user_id)
{
    (void)req;
    (void)user_id;
    return ERR_INTERNAL;
}
