/* Declares the command `orgd mail`. */
#ifndef ORGD_COMMANDS_MAIL_H
#define ORGD_COMMANDS_MAIL_H

#include "cli/options.h"

int mail_test_run(const struct config *config, const struct options *options);

/* Row for the table of commands. */
#define MAIL_COMMANDS                                                                                                  \
    {                                                                                                                  \
        .name = "mail test", .arguments = "EMAIL", .summary = "Send a mail, to see whether mail arrives",              \
        .details = "Sends at once and past the outbox, with the settings that `orgd serve` would use; no database is " \
                   "asked. The exit status is 0 when the mail server took the mail, 1 when it refused this recipient " \
                   "or this mail for good, and 3 when it could not be sent.",                                          \
        .run = mail_test_run                                                                                           \
    }

#endif
