// A real OpenID Connect provider for the tests: prints its port and accepts any user with any password.
// Environment: CLIENT_ID, CLIENT_SECRET ("" for a public client), REDIRECT, ALGORITHM, EMAIL_IN (id_token or userinfo), VERIFIED.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const { CLIENT_ID, CLIENT_SECRET, REDIRECT, ALGORITHM = 'RS256', EMAIL_IN = 'id_token', VERIFIED = 'true' } = process.env;

const key = ALGORITHM === 'ES256'
  ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
  : generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...key.privateKey.export({ format: 'jwk' }), use: 'sig', alg: ALGORITHM, kid: 'tests' };

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT_ID,
      ...(CLIENT_SECRET ? { client_secret: CLIENT_SECRET, token_endpoint_auth_method: 'client_secret_post' }
        : { token_endpoint_auth_method: 'none' }),
      redirect_uris: [REDIRECT],
      id_token_signed_response_alg: ALGORITHM,
      grant_types: ['authorization_code'],
      response_types: ['code'],
    }],
    jwks: { keys: [jwk] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: EMAIL_IN !== 'id_token',
    pkce: { required: () => !CLIENT_SECRET },
    async findAccount(_context, id) {
      return {
        accountId: id,
        claims: () => ({
          sub: id,
          ...(id.includes('@') ? { email: id } : {}),
          ...(VERIFIED === 'absent' ? {} : { email_verified: VERIFIED === 'true' }),
        }),
      };
    },
  });
  server.on('request', provider.callback());
  console.log(port);
});
