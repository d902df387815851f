/* The table of identity providers. */
#include "policy/providers.h"

#include <string.h>
#include <talloc.h>

#define AT(member) offsetof(struct config, member)
#define CLIENT(prefix) .client_id = AT(prefix##_client_id), .client_secret = AT(prefix##_client_secret)

const struct provider providers[] = {
    {.id = "google",
     .name = "Google",
     .kind = PROVIDER_OIDC,
     CLIENT(google),
     .needs_secret = true,
     .issuer = "https://accounts.google.com",
     .scopes = "openid email",
     .extra = "included_grant_scopes=true&access_type=offline"},
    {.id = "google-workspaces",
     .name = "Google Workspaces",
     .kind = PROVIDER_OIDC,
     CLIENT(google_workspaces),
     .needs_secret = true,
     .issuer = "https://accounts.google.com",
     .scopes = "openid email",
     .extra = "included_grant_scopes=true&access_type=offline"},
    {.id = "github",
     .name = "GitHub",
     .kind = PROVIDER_OAUTH,
     CLIENT(github),
     .needs_secret = true,
     .authorize = "https://github.com/login/oauth/authorize",
     .token = "https://github.com/login/oauth/access_token",
     .userinfo = "https://api.github.com/user",
     .emails = "https://api.github.com/user/emails",
     .scopes = "read:user user:email",
     .subject = "id"},
    {.id = "facebook",
     .name = "Facebook",
     .kind = PROVIDER_OAUTH,
     CLIENT(facebook),
     .needs_secret = true,
     .authorize = "https://www.facebook.com/v12.0/dialog/oauth",
     .token = "https://graph.facebook.com/v12.0/oauth/access_token",
     .userinfo = "https://graph.facebook.com/me?fields=id,email",
     .scopes = "email",
     .subject = "id"},
    {.id = "apple",
     .name = "Apple",
     .kind = PROVIDER_OIDC,
     .flags = PROVIDER_FORM_POST,
     CLIENT(apple),
     .issuer = "https://appleid.apple.com",
     .scopes = "openid email",
     .extra = "response_mode=form_post"},
    {.id = "discord",
     .name = "Discord",
     .kind = PROVIDER_OAUTH,
     CLIENT(discord),
     .needs_secret = true,
     .authorize = "https://discord.com/oauth2/authorize",
     .token = "https://discord.com/api/oauth2/token",
     .userinfo = "https://discord.com/api/users/@me",
     .scopes = "identify email",
     .subject = "id"},
    {.id = "twitter",
     .name = "Twitter",
     .kind = PROVIDER_OAUTH,
     .flags = PROVIDER_PKCE | PROVIDER_BASIC,
     CLIENT(twitter),
     .needs_secret = true,
     .authorize = "https://twitter.com/i/oauth2/authorize",
     .token = "https://api.twitter.com/2/oauth2/token",
     .userinfo = "https://api.twitter.com/2/users/me",
     .scopes = "users.read tweet.read",
     .subject = "data.id",
     .email_suffix = ".twitter@stfakeemail.supertokens.com"},
    {.id = "gitlab",
     .name = "GitLab",
     .kind = PROVIDER_OIDC,
     CLIENT(gitlab),
     .base = AT(gitlab_base_url),
     .needs_secret = true,
     .needs_base = true,
     .issuer = "{base}",
     .scopes = "openid email"},
    {.id = "bitbucket",
     .name = "Bitbucket",
     .kind = PROVIDER_OAUTH,
     CLIENT(bitbucket),
     .needs_secret = true,
     .authorize = "https://bitbucket.org/site/oauth2/authorize",
     .token = "https://bitbucket.org/site/oauth2/access_token",
     .userinfo = "https://api.bitbucket.org/2.0/user",
     .emails = "https://api.bitbucket.org/2.0/user/emails",
     .scopes = "account email",
     .subject = "uuid"},
    {.id = "linkedin",
     .name = "LinkedIn",
     .kind = PROVIDER_OAUTH,
     CLIENT(linkedin),
     .needs_secret = true,
     .authorize = "https://www.linkedin.com/oauth/v2/authorization",
     .token = "https://www.linkedin.com/oauth/v2/accessToken",
     .userinfo = "https://api.linkedin.com/v2/userinfo",
     .scopes = "openid profile email",
     .subject = "sub"},
    {.id = "okta",
     .name = "Okta",
     .kind = PROVIDER_OIDC,
     CLIENT(okta),
     .base = AT(okta_domain),
     .needs_secret = true,
     .needs_base = true,
     .issuer = "{base}",
     .scopes = "openid email"},
    {.id = "azure-ad",
     .name = "Active Directory",
     .kind = PROVIDER_OIDC,
     .flags = PROVIDER_VOUCHES,
     CLIENT(azure_ad),
     .base = AT(azure_ad_directory),
     .needs_secret = true,
     .needs_base = true,
     .issuer = "https://login.microsoftonline.com/{base}/v2.0",
     .scopes = "openid email"},
    {.id = "boxy-saml",
     .name = "SAML",
     .kind = PROVIDER_OAUTH,
     .flags = PROVIDER_VOUCHES,
     CLIENT(boxy_saml),
     .base = AT(boxy_saml_url),
     .needs_secret = true,
     .needs_base = true,
     .authorize = "{base}/api/oauth/authorize",
     .token = "{base}/api/oauth/token",
     .userinfo = "{base}/api/oauth/userinfo",
     .scopes = "",
     .subject = "id"},
    {.id = "oidc",
     .name = "Single sign-on",
     .kind = PROVIDER_OIDC,
     CLIENT(oidc),
     .base = AT(oidc_issuer),
     .needs_base = true,
     .issuer = "{base}"},
    {0},
};

static const char *setting(const struct config *config, size_t at)
{
    const char *text = NULL;

    if (at != 0)
        memcpy(&text, (const char *)config + at, sizeof text);
    return text && *text ? text : NULL;
}

bool provider_is_configured(const struct provider *provider, const struct config *config)
{
    bool apple = strcmp(provider->id, "apple") == 0;
    bool secret = setting(config, provider->client_secret) != NULL;

    if (apple) /* its secret can be generated from a key instead */
        secret = secret || (config->apple_key_id && config->apple_team_id && config->apple_private_key);
    return setting(config, provider->client_id) && (secret || (!provider->needs_secret && !apple)) &&
           (!provider->needs_base || setting(config, provider->base));
}

const struct provider *provider_find(const struct config *config, const char *id)
{
    for (const struct provider *provider = providers; provider->id; provider++)
        if (strcmp(provider->id, id) == 0)
            return provider_is_configured(provider, config) ? provider : NULL;
    return NULL;
}

bool provider_any(const struct config *config)
{
    for (const struct provider *provider = providers; provider->id; provider++)
        if (provider_is_configured(provider, config))
            return true;
    return false;
}

const char *provider_client_id(const struct provider *provider, const struct config *config)
{
    return setting(config, provider->client_id);
}

const char *provider_client_secret(const struct provider *provider, const struct config *config)
{
    return setting(config, provider->client_secret);
}

/* The base for a URL: with a scheme when the whole URL begins with it, without a final slash. */
static const char *base_of(void *arena, const struct provider *provider, const struct config *config, bool leads)
{
    const char *base = setting(config, provider->base);
    size_t len = base ? strlen(base) : 0;

    while (len > 0 && base[len - 1] == '/')
        len--;
    return talloc_asprintf(arena, "%s%.*s", leads && base && !strstr(base, "://") ? "https://" : "", (int)len,
                           base ? base : "");
}

const char *provider_url(void *arena, const struct provider *provider, const struct config *config, const char *url)
{
    const char *mark = url ? strstr(url, "{base}") : NULL;
    const char *base;

    if (!mark)
        return url;
    base = base_of(arena, provider, config, mark == url);
    return base ? talloc_asprintf(arena, "%.*s%s%s", (int)(mark - url), url, base, mark + strlen("{base}")) : NULL;
}

const char *provider_scopes(const struct provider *provider, const struct config *config)
{
    return provider->scopes ? provider->scopes : config->oidc_scopes;
}
