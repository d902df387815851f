// The operator's pages of an upgraded database, with the earlier plan and two dumps in the folder FILES.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ask, closing, isAccessible, somebody, somebodyNew } from "./console.mjs";
import { run } from "./scenarios.mjs";

const { ADMIN_KEY, FILES } = process.env;
const file = (name) => `${FILES}/${name}`;
const keyField = (page) => page.getByLabel("Administration key");
const openButton = (page) => page.getByRole("button", { name: /Open$/ });
const heading = (page, name) => page.getByRole("heading", { name, exact: true });
const chooser = (page, side) => page.locator("input[type=file]").nth(side);

async function enter(page, key = ADMIN_KEY) {
    await keyField(page).fill(key);
    await openButton(page).click();
}

/** A browser with the key, on one of the pages. */
async function operator(path, title, options) {
    const person = await somebody(options);
    await person.go(`/operator/${path}`);
    await enter(person.page);
    await heading(person.page, title).waitFor();
    return person;
}

async function compare(page) {
    await page.getByRole("button", { name: "Compare" }).click();
}

async function compareFiles(page) {
    await page.getByRole("radio", { name: "Dump file" }).nth(1).check();
    await chooser(page, 0).setInputFiles(file("a.txt"));
    await chooser(page, 1).setInputFiles(file("b.txt"));
    await page.getByText("b.txt").waitFor();
    await compare(page);
    await page.getByText("A is a subset of B").waitFor();
}

async function openPlan(page) {
    await chooser(page, 0).setInputFiles(file("plan.json"));
    await page.getByText("From the file plan.json").waitFor();
}

await run(
    closing({
        async "the key opens the pages of this tab only, and can be deleted"() {
            const { context, page, go } = await somebody();
            await go("/operator");
            await page.waitForURL(/\/operator/);
            await openButton(page).click();
            await page.getByText("Enter the administration key.").waitFor();
            await enter(page, "wrong");
            await page.getByText("The server refuses this administration key.").waitFor();
            await isAccessible(page, "a refused key");
            await enter(page);
            await heading(page, "Access").waitFor();
            await page.reload();
            await heading(page, "Access").waitFor();
            assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...localStorage }))).includes(ADMIN_KEY));
            assert.ok(!(await page.content()).includes(ADMIN_KEY));
            const other = await context.newPage();
            await go("/operator/access", other);
            await keyField(other).waitFor();
            await page.getByRole("button", { name: "Forget the key" }).click();
            await keyField(page).waitFor();
            assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...sessionStorage }))).includes(ADMIN_KEY));
            await page.reload();
            await keyField(page).waitFor();
        },

        async "a refused key does not end the user's session"() {
            const { page, email, go } = await somebodyNew("ann@acme.io") /* may own an organization */;
            await go("/operator");
            await enter(page, "wrong");
            await page.getByText("The server refuses this administration key.").waitFor();
            const { status, body } = await ask(page, "GET", "/profile");
            assert.deepEqual([status, body.email], [200, email]);
        },

        async "the access page shows the rules and the warnings"() {
            const { page } = await operator("access", "Access");
            await page.getByText("Everybody but blocked domains").waitFor();
            await page.getByText("Only listed addresses").waitFor();
            const { body } = await page.evaluate(async (key) => {
                const answer = await fetch("/api/admin/access/report", { headers: { Authorization: `Access ${key}` } });
                return { body: await answer.json() };
            }, ADMIN_KEY);
            assert.ok(body.warnings.length > 0);
            for (const { text } of [...body.facts, ...body.warnings]) await page.getByText(text, { exact: true }).waitFor();
        },

        async "an address is explained by the rule that decides"() {
            const { page } = await operator("access", "Access");
            const explain = async (email) => {
                await page.getByLabel("E-mail address").fill(email);
                await page.keyboard.press("Enter");
            };
            await explain("bob@spam.io");
            await page.getByText("May not sign in", { exact: true }).waitFor();
            await page.getByText("May own organizations", { exact: true }).waitFor();
            await page.getByText("blocked-domain", { exact: true }).waitFor();
            await page.getByText("bob@spam.io may not sign in: its domain is, or is below, a blocked one (spam.io in AGENTA_ACCESS_BLOCKED_DOMAINS).").waitFor();
            await isAccessible(page, "an explained address");
            await explain("eve@acme.io");
            await page.getByText("May sign in", { exact: true }).waitFor();
            await page.getByText("May not own organizations", { exact: true }).waitFor();
            await explain("nobody");
            await page.getByText("No e-mail address", { exact: true }).waitFor();
        },

        async "the chains are drawn with their present revision"() {
            const { page } = await operator("upgrade", "Upgrade");
            await page.getByRole("img", { name: "orgd: now at" }).waitFor();
            for (const chain of ["core", "core_oss", "tracing", "tracing_oss"]) await page.getByRole("img", { name: `${chain}: now at` }).waitFor();
            assert.equal(await page.getByText("current", { exact: true }).count(), 2);
            assert.equal(await page.locator(".track .todo circle").count(), 0);
            await page.getByText("Revisions", { exact: true }).first().click();
            await page.locator(".revisions code").first().waitFor();
            await page.getByText("Nothing: both databases are current.").waitFor();
        },

        async "the archive of the last upgrade is listed"() {
            const { page } = await operator("upgrade", "Upgrade");
            const made = page.getByRole("region", { name: "Memberships it made" });
            await made.getByText("organization").first().waitFor();
            await page.getByText(/objects with [\d,]+ rows/).click();
            await page.getByText("orgd_archive.app_db", { exact: true }).waitFor();
            await isAccessible(page, "upgrade");
        },

        async "the plan of another database is read from its file"() {
            const { page } = await operator("upgrade", "Upgrade");
            await openPlan(page);
            const plan = JSON.parse(readFileSync(file("plan.json"), "utf8"));
            await page.getByText(plan.command, { exact: true }).waitFor();
            const table = page.getByRole("region", { name: "Core database: Revisions" });
            for (const { revision } of plan.databases[0].revisions) await table.getByText(revision, { exact: true }).waitFor();
            const members = plan.databases[0].decisions.find(({ name }) => name === "members");
            await page.getByText(members.what).click();
            await page.getByRole("columnheader", { name: "user_id" }).first().waitFor();
            await isAccessible(page, "a plan");
            await chooser(page, 0).setInputFiles(file("a.txt"));
            await page.getByText("This file is not a plan.").waitFor();
            await page.getByRole("button", { name: "Show this instance" }).click();
            await page.getByText("Nothing: both databases are current.").waitFor();
        },

        async "two dumps are compared side by side, and saved as a page"() {
            const { page } = await operator("schema", "Schema parity");
            await compareFiles(page);
            await page.getByText("public.organization_domains", { exact: true }).waitFor();
            await page.getByText("does not count for parity").first().waitFor();
            await isAccessible(page, "two dumps");
            const download = page.waitForEvent("download");
            await page.getByRole("button", { name: "Save as a page" }).click();
            const saved = await download;
            assert.equal(saved.suggestedFilename(), "schema-differences.html");
            const html = readFileSync(await saved.path(), "utf8");
            assert.ok(html.startsWith("<!doctype html>") && html.includes("public.organization_domains"));
        },

        async "a dump is compared with the database in use"() {
            const { page } = await operator("schema", "Schema parity");
            await compare(page);
            await page.getByText("Choose a dump file for each side that comes from one.").waitFor();
            await chooser(page, 0).setInputFiles(file("core.txt"));
            await page.getByText("core.txt").waitFor();
            await compare(page);
            await page.getByText("Equal", { exact: true }).waitFor();
            await chooser(page, 0).setInputFiles(file("plan.json"));
            await page.getByText("plan.json").waitFor();
            await compare(page);
            await page.getByRole("alert").getByText(/^A: /).waitFor(); // the server's message
        },

        async "after a server error the page can be loaded again"() {
            const { page, context, go } = await operator("access", "Access");
            await context.route("**/api/admin/migrations*", (route) => route.fulfill({ status: 500, json: { detail: "Out of order." } }));
            await page.getByRole("link", { name: "Upgrade" }).click();
            await page.getByText("Out of order.").waitFor();
            await context.unroute("**/api/admin/migrations*");
            await page.getByRole("button", { name: "Try again" }).click();
            await page.getByRole("img", { name: "orgd: now at" }).waitFor();
            await context.route("**/api/admin/access/**", (route) => route.fulfill({ status: 401, json: {} }));
            await page.evaluate(() => sessionStorage.setItem("orgd.operator-key", "changed"));
            await go("/operator/access");
            await keyField(page).waitFor();
        },

        async "everything on a screen of 360 pixels, light and dark"() {
            for (const colorScheme of ["light", "dark"]) {
                const { page } = await operator("access", "Access", { viewport: { width: 360, height: 740 }, colorScheme });
                await page.mouse.move(0, 0);
                await isAccessible(page, `access, ${colorScheme}`);
                await page.getByRole("link", { name: "Upgrade" }).click();
                await page.getByText("Kept in the archive").waitFor();
                await openPlan(page);
                await page.mouse.move(0, 0);
                await isAccessible(page, `upgrade, ${colorScheme}`);
                await page.getByRole("link", { name: "Schema parity" }).click();
                await compareFiles(page);
                await page.mouse.move(0, 0);
                await isAccessible(page, `schema, ${colorScheme}`);
            }
        },
    }),
);
