// Sessions in the console of a server with access tokens of two seconds: console_sessions.mjs URL CHROMIUM [FLAG...]
import assert from "node:assert/strict";
import { ask, closing, isAccessible, shows, signIn, somebodyNew, switcher, until, web } from "./console.mjs";
import { address, pause, run } from "./scenarios.mjs";

const EXPIRED_MS = 2100;

await run(
    closing({
        async "an expired token is renewed without interruption"() {
            const { context, page, name } = await somebodyNew(address("ann"));
            const refreshes = [];
            context.on("response", (answer) => answer.url().endsWith("/session/refresh") && refreshes.push(answer.status()));
            await pause(EXPIRED_MS);
            await page.reload();
            await shows(page, name);
            await page.getByRole("heading", { name: /Welcome/ }).waitFor();
            await until("the token was renewed", () => refreshes.length > 0);
            assert.deepEqual([...new Set(refreshes)], [200]);
        },

        async "two tabs refresh tokens that expire at the same time"() {
            const { context, page, name, go } = await somebodyNew(address("bob"));
            const other = await context.newPage();
            await go(new URL(page.url()).pathname, other);
            await shows(other, name);
            for (let round = 0; round < 2; round++) {
                await pause(EXPIRED_MS);
                await Promise.all([page.reload(), other.reload()]);
                await Promise.all([shows(page, name), shows(other, name)]);
            }
        },

        async "signing out in one tab ends the other"() {
            const { context, page, name, go, email } = await somebodyNew(address("carl"));
            const place = new URL(page.url()).pathname;
            const other = await context.newPage();
            await go(`${place}/settings/account`, other);
            await shows(other, name);
            await switcher(page).click();
            await page.getByRole("menuitem", { name: "Log out" }).click();
            await page.waitForURL(`${web}/auth`);
            await pause(1100);
            // with the next click, unless the tab has asked the server by itself meanwhile
            void other.getByRole("link", { name: "Back to overview" }).click().catch(() => {});
            await other.waitForURL(/\/auth\?/);
            await other.getByRole("heading", { name: "Sign in" }).waitFor();
            await signIn(other, email);
            await shows(other, name);
        },

        async "after its session was ended elsewhere, a page leads to sign-in and back"() {
            const { page, email, name } = await somebodyNew(address("dora"));
            await page.getByRole("link", { name: "Settings" }).click();
            await page.waitForURL(/settings\/organization$/);
            const place = new URL(page.url()).pathname.replace("/settings/organization", "");
            const elsewhere = await ask(page, "GET", "/auth/sessions");
            assert.equal(elsewhere.status, 200);
            const { handle } = elsewhere.body.find((session) => session.current);
            assert.equal((await ask(page, "DELETE", `/auth/sessions/${handle}`)).status, 200);
            await pause(1100);
            await page.getByRole("link", { name: "Back to overview" }).click();
            await page.getByText("Your session has ended.").waitFor();
            await isAccessible(page, "sign-in after a session");
            await signIn(page, email);
            await shows(page, name);
            assert.equal(new URL(page.url()).pathname, place);
        },
    }),
);
