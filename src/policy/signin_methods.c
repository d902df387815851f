/* Defines the sign-in methods and decides which of them are active. */
#include "policy/signin_methods.h"

#include <string.h>

#include "mail/outbox.h"
#include "policy/password_policy.h"
#include "policy/providers.h"

const struct sign_in_method sign_in_methods[] = {
    {"email:password", "emailpassword", methods_password},
    {"email:otp", "otp-email", methods_otp},
    {NULL, "thirdparty", methods_social},
    {0},
};

/* One-time codes are the default when mail can be sent. */
static bool by_code(const struct config *config)
{
    if (strcmp(config->email_method, "auto") == 0)
        return mail_enabled(config);
    return strcmp(config->email_method, "otp") == 0;
}

bool methods_email(const struct config *config)
{
    return !config->email_disabled;
}

bool methods_password(const struct config *config)
{
    return methods_email(config) && !by_code(config);
}

bool methods_otp(const struct config *config)
{
    return methods_email(config) && by_code(config);
}

bool methods_social(const struct config *config)
{
    return provider_any(config);
}

enum err methods_check(const struct config *config, struct error *error)
{
    if (methods_otp(config) && !mail_enabled(config))
        return error_set(error, ERR_USAGE,
                         "ORGD_EMAIL_METHOD is otp, but no mail can be sent: set SMTP_HOST, SMTP_PORT and "
                         "SMTP_FROM_EMAIL, or another method");
    if (methods_password(config) && password_policy_check(config, error) != OK)
        return error->code;
    if (!methods_email(config) && !methods_social(config))
        return error_set(error, ERR_USAGE,
                         "nobody could sign in: AGENTA_ACCESS_EMAIL_DISABLED is on and no social provider is "
                         "configured; switch it off, or set the client id and secret of a provider");
    return OK;
}
