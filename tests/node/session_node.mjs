// The browser's session library under Node, in header transport: session_node.mjs API-URL, of a server whose access tokens live
// two seconds.
import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { PASSWORD, address, form, pause, run } from "./scenarios.mjs";

const api = process.argv[2];
const dom = new JSDOM("", { url: "http://localhost:3000/" });
const calls = [];
const events = [];
const fetchOfNode = globalThis.fetch;

// The browser's globals that the library uses.
for (const name of ["document", "localStorage", "sessionStorage", "location", "history", "navigator", "XMLHttpRequest"])
    Object.defineProperty(globalThis, name, { value: dom.window[name], configurable: true, writable: true });
for (const name of ["addEventListener", "removeEventListener"])
    globalThis[name] = dom.window[name].bind(dom.window);
globalThis.window = globalThis;
globalThis.fetch = async (input, init) => {
    calls.push(new URL(input.url ?? input).pathname);
    return fetchOfNode(input, init);
};

const { default: SuperTokens } = await import("supertokens-web-js");
const { default: Session } = await import("supertokens-web-js/recipe/session/index.js");
const { default: EmailPassword } = await import("supertokens-web-js/recipe/emailpassword/index.js");

const main = (module) => module.default ?? module;
const session = main(Session);
const password = main(EmailPassword);
main(SuperTokens).init({
    appInfo: { appName: "tests", apiDomain: api, apiBasePath: "/api/auth" },
    recipeList: [
        session.init({ tokenTransferMethod: "header", onHandleEvent: (event) => events.push(event.action) }),
        password.init(),
    ],
});

const profile = () => fetch(`${api}/api/profile`);
const refreshes = () => calls.filter((path) => path === "/api/auth/session/refresh").length;

async function signedUp() {
    const email = address("node");
    assert.equal((await password.signUp(form(email))).status, "OK");
    return email;
}

await run({
    async "sign-up"() {
        const email = await signedUp();
        assert.equal(await session.doesSessionExist(), true);
        const claims = await session.getAccessTokenPayloadSecurely();
        assert.equal(claims.is_new_user, true);
        assert.deepEqual(claims.session_identities, ["email:password"]);
        assert.equal(await session.getUserId(), claims.sub);
        const answer = await profile();
        assert.equal(answer.status, 200);
        assert.equal((await answer.json()).email, email);
        await session.signOut();
    },

    async "sign-in"() {
        const email = await signedUp();
        await session.signOut();
        assert.equal((await password.signIn(form(email, PASSWORD + "x"))).status, "WRONG_CREDENTIALS_ERROR");
        assert.equal(await session.doesSessionExist(), false);
        assert.equal((await password.signIn(form(email))).status, "OK");
        assert.equal((await session.getAccessTokenPayloadSecurely()).is_new_user, false);
        await session.signOut();
    },

    async "a weak password"() {
        const answer = await password.signUp(form(address("node"), "short"));
        assert.equal(answer.status, "FIELD_ERROR");
        assert.equal(answer.formFields[0].id, "password");
    },

    async refresh() {
        await signedUp();
        const before = await session.getAccessToken();
        await pause(1100);
        assert.equal(await session.attemptRefreshingSession(), true);
        assert.notEqual(await session.getAccessToken(), before);
        assert.equal((await profile()).status, 200);
        await session.signOut();
    },

    async expiry() {
        await signedUp();
        await pause(2100);
        const before = refreshes();
        const answers = await Promise.all(Array.from({ length: 10 }, profile));
        assert.deepEqual(answers.map((answer) => answer.status), Array(10).fill(200));
        assert.equal(refreshes(), before + 1);
        await session.signOut();
    },

    async "sign-out"() {
        await signedUp();
        const token = await session.getAccessToken();
        await session.signOut();
        assert.equal(await session.doesSessionExist(), false);
        assert.equal((await fetchOfNode(`${api}/api/profile`, { headers: { Authorization: `Bearer ${token}` } })).status, 401);
    },

    async "sign-out after expiry"() {
        await signedUp();
        await pause(2100);
        const before = refreshes();
        await session.signOut();
        assert.equal(refreshes(), before + 1); // "try refresh token"
        assert.equal(await session.doesSessionExist(), false);
    },

    async "ended elsewhere"() {
        await signedUp();
        const token = await session.getAccessToken();
        const headers = { Authorization: `Bearer ${token}` };
        const [mine] = await (await fetchOfNode(`${api}/api/auth/sessions`, { headers })).json();
        const ended = await fetchOfNode(`${api}/api/auth/sessions/${mine.handle}`, { method: "DELETE", headers });
        assert.equal(ended.status, 200);
        events.length = 0;
        assert.equal((await profile()).status, 401);
        assert.equal(await session.doesSessionExist(), false);
        assert.ok(events.includes("UNAUTHORISED"), events.join());
    },

    async "new claims"() {
        await signedUp();
        const answer = await fetch(`${api}/api/auth/session/identities`, {
            method: "PATCH",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ session_identities: ["email:password", "social:google"] }),
        });
        assert.deepEqual((await answer.json()).session_identities, ["email:password"]);
        assert.equal((await profile()).status, 200);
        await session.signOut();
    },
});
