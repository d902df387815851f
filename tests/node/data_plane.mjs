// A data plane: verifies sessions with SuperTokens' server library over the core driver interface, as Agenta's API does,
// and answers who is asking. Prints its port.
// Environment: CORE (address of the auth core), CORE_KEY, API and WEB (public addresses).
import { createServer } from 'node:http';
import supertokens from 'supertokens-node';
import Session from 'supertokens-node/recipe/session/index.js';
import EmailPassword from 'supertokens-node/recipe/emailpassword/index.js';
import { CollectingResponse, PreParsedRequest } from 'supertokens-node/framework/custom/index.js';

const { CORE, CORE_KEY, API, WEB } = process.env;

supertokens.init({
  framework: 'custom',
  supertokens: { connectionURI: CORE, apiKey: CORE_KEY || undefined },
  appInfo: { appName: 'tests', apiDomain: API, websiteDomain: WEB, apiBasePath: '/auth', websiteBasePath: '/auth' },
  recipeList: [EmailPassword.init(), Session.init()],
  telemetry: false,
});

const parsed = (request) => new PreParsedRequest({
  url: `${API}${request.url}`,
  method: request.method.toLowerCase(),
  headers: new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
  cookies: Object.fromEntries((request.headers.cookie ?? '').split('; ').filter(Boolean).map((pair) => {
    const [name, ...rest] = pair.split('=');
    return [name, decodeURIComponent(rest.join('='))];
  })),
  query: Object.fromEntries(new URL(request.url, API).searchParams),
  getFormBody: async () => ({}),
  getJSONBody: async () => ({}),
});

async function answer(request) {
  const session = await Session.getSession(parsed(request), new CollectingResponse());
  const user = await supertokens.getUser(session.getUserId());
  return user ? [200, { user: session.getUserId(), handle: session.getHandle(), emails: user.emails, methods: user.loginMethods.map((each) => each.recipeId) }]
    : [401, { error: 'no such user' }];
}

createServer(async (request, response) => {
  let outcome;
  try {
    outcome = await answer(request);
  } catch (error) {
    // as the library's own handlers do: 401 for what a refresh or a sign-in mends
    outcome = Session.Error.isErrorFromSuperTokens(error) ? [401, { error: error.type }] : [500, { error: String(error.message ?? error) }];
  }
  response.writeHead(outcome[0], { 'content-type': 'application/json' });
  response.end(JSON.stringify(outcome[1]));
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
