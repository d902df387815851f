// The browser's session library in Chromium, in cookie transport: session_chromium.mjs API-URL CONSOLE-URL CHROMIUM [FLAG...], of a
// server whose access tokens live two seconds. The console is a page made up here, which loads the library's own bundle.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { address, form, pause, run } from "./scenarios.mjs";

const [api, web, executablePath, ...args] = process.argv.slice(2);
const bundles = new URL("node_modules/supertokens-web-js/bundle/", import.meta.url);
const bundle = (name) => readFileSync(new URL(readdirSync(bundles).find((file) => file.startsWith(`${name}.`)), bundles), "utf8");

const start = `
    supertokens.init({
        appInfo: { appName: "tests", apiDomain: ${JSON.stringify(api)}, apiBasePath: "/api/auth" },
        recipeList: [
            supertokensSession.default.init({ onHandleEvent: (event) => events.push(event.action) }),
            supertokensEmailPassword.default.init(),
        ],
    });
    window.session = supertokensSession.default;
    window.password = supertokensEmailPassword.default;
    window.profile = () => fetch(${JSON.stringify(`${api}/api/profile`)});`;
const scripts = ["const events = []; window.events = events;", ...["website", "supertokens", "session", "emailpassword"].map(bundle), start];
const html = `<!doctype html><meta charset="utf-8"><title>console</title>${scripts
    .map((script) => `<script>${script.replaceAll("</script", "<\\/script")}</script>`)
    .join("")}`;

// A page without a URL of its own would have to ask its user for permission to connect to this machine.
const browser = await chromium.launch({ executablePath, args: ["--disable-features=LocalNetworkAccessChecks", ...args] });

// A browser of its own, with the console in one tab.
async function open() {
    const context = await browser.newContext();
    const refreshes = [];
    await context.route(`${web}/`, (route) => route.fulfill({ contentType: "text/html", body: html }));
    context.on("request", (request) => request.url().endsWith("/session/refresh") && refreshes.push(request));
    const tab = async () => {
        const page = await context.newPage();
        const problems = [];
        page.on("pageerror", (problem) => problems.push(problem.message));
        await page.goto(`${web}/`);
        assert.deepEqual(problems, []);
        return page;
    };
    return { context, refreshes, tab, page: await tab() };
}

async function signedUp() {
    const email = address("chromium");
    const opened = await open();
    const answer = await opened.page.evaluate((body) => password.signUp(body), form(email));
    assert.equal(answer.status, "OK");
    opened.refreshes.length = 0; // a new browser asks once whether there is a session
    return { email, ...opened };
}

const exists = (page) => page.evaluate(() => session.doesSessionExist());
const ask = (page) => page.evaluate(async () => (await profile()).status);
const cookiesOf = async (context) => Object.fromEntries((await context.cookies()).map((cookie) => [cookie.name, cookie]));

await run({
    async "sign-up"() {
        const { context, page, email } = await signedUp();
        const answer = await page.evaluate(async () => (await profile()).json());
        assert.equal(answer.email, email);
        assert.equal(await exists(page), true);
        const claims = await page.evaluate(() => session.getAccessTokenPayloadSecurely());
        assert.equal(claims.is_new_user, true);
        const all = await context.cookies([`${api}/api/auth/session/refresh`, web]);
        const { sAccessToken, sRefreshToken } = Object.fromEntries(all.map((cookie) => [cookie.name, cookie]));
        for (const cookie of [sAccessToken, sRefreshToken]) {
            assert.equal(cookie.httpOnly, true);
            assert.equal(cookie.sameSite, "Lax");
        }
        assert.equal(sRefreshToken.path, "/api/auth/session/refresh");
        const visible = await page.evaluate(() => document.cookie);
        assert.ok(!visible.includes("sAccessToken") && !visible.includes("sRefreshToken"), visible);
        await context.close();
    },

    async reload() {
        const { context, page, email } = await signedUp();
        await page.reload();
        assert.equal(await exists(page), true);
        assert.equal((await page.evaluate(async () => (await profile()).json())).email, email);
        await context.close();
    },

    async refresh() {
        const { context, page } = await signedUp();
        const before = (await cookiesOf(context)).sRefreshToken.value;
        assert.equal(await page.evaluate(() => session.attemptRefreshingSession()), true);
        assert.notEqual((await cookiesOf(context)).sRefreshToken.value, before);
        assert.equal(await ask(page), 200);
        await context.close();
    },

    async expiry() {
        const { context, page, refreshes } = await signedUp();
        await pause(2100);
        const answers = await page.evaluate(async () => (await Promise.all(Array.from({ length: 10 }, profile))).map((each) => each.status));
        assert.deepEqual(answers, Array(10).fill(200));
        assert.equal(refreshes.length, 1);
        assert.equal((await refreshes[0].response()).status(), 200);
        await context.close();
    },

    async "two tabs"() {
        const { context, page, tab } = await signedUp();
        const other = await tab();
        assert.equal(await exists(other), true);
        assert.deepEqual(await Promise.all([ask(page), ask(other)]), [200, 200]);
        await context.close();
    },

    async "two tabs whose tokens expire"() {
        const { context, page, tab, refreshes } = await signedUp();
        const other = await tab();
        for (let round = 0; round < 2; round++) {
            await pause(2100);
            assert.deepEqual(await Promise.all([ask(page), ask(other)]), [200, 200]);
        }
        // both at once, past the library's lock between tabs
        const url = `${api}/api/auth/session/refresh`;
        const raw = (url) => fetch(url, { method: "POST", credentials: "include" }).then((answer) => answer.status);
        assert.deepEqual(await Promise.all([page.evaluate(raw, url), other.evaluate(raw, url)]), [200, 200]);
        for (const request of refreshes)
            assert.equal((await request.response()).status(), 200);
        assert.deepEqual(await Promise.all([ask(page), ask(other)]), [200, 200]);
        await context.close();
    },

    async "sign-out in another tab"() {
        const { context, page, tab } = await signedUp();
        const other = await tab();
        await other.evaluate(() => session.signOut());
        assert.equal(await exists(other), false);
        assert.equal(await exists(page), false);
        assert.equal(await ask(page), 401);
        const left = await cookiesOf(context);
        assert.ok(!left.sAccessToken && !left.sRefreshToken);
        await context.close();
    },

    async "sign-in again"() {
        const { context, page, email } = await signedUp();
        await page.evaluate(() => session.signOut());
        const wrong = await page.evaluate((body) => password.signIn(body), form(email, "wrong"));
        assert.equal(wrong.status, "WRONG_CREDENTIALS_ERROR");
        assert.equal((await page.evaluate((body) => password.signIn(body), form(email))).status, "OK");
        assert.equal(await ask(page), 200);
        assert.equal((await page.evaluate(() => session.getAccessTokenPayloadSecurely())).is_new_user, false);
        await context.close();
    },

    async "ended elsewhere"() {
        const { context, page, email } = await signedUp();
        const other = await open();
        await other.page.evaluate((body) => password.signIn(body), form(email));
        const ended = await other.page.evaluate(async (url) => (await fetch(url, { method: "DELETE" })).json(), `${api}/api/auth/sessions`);
        assert.deepEqual(ended, { ended: 1 });
        assert.equal(await ask(page), 401);
        assert.equal(await exists(page), false);
        assert.ok((await page.evaluate(() => events)).includes("UNAUTHORISED"));
        const left = await cookiesOf(context);
        assert.ok(!left.sAccessToken && !left.sRefreshToken);
        assert.equal(await ask(other.page), 200);
        await context.close();
        await other.context.close();
    },
});
