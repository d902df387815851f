// Shared by the scenarios of the console: users, each in a browser of their own, their mail, and the checks that every page must pass.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { form, PASSWORD, pause } from "./scenarios.mjs";

const [, , url, executablePath, ...args] = process.argv;
const slack = Number(process.env.SLACK ?? 1);
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const browser = await chromium.launch({ executablePath, args });

export const web = url;
export const WAIT_MS = 20_000 * slack;

// ---- mail: the test that started this script writes each mail as a line ----

const waiting = [];
const mails = [];
createInterface({ input: process.stdin }).on("line", (line) => {
    mails.push(JSON.parse(line));
    waiting.splice(0).forEach((look) => look());
});

/** The text of the next mail for an address. */
export function mailFor(email) {
    return new Promise((done, fail) => {
        const timer = setTimeout(() => fail(new Error(`no mail for ${email}`)), WAIT_MS);
        const look = () => {
            const index = mails.findIndex((mail) => mail.to.includes(email));
            if (index < 0) return waiting.push(look);
            clearTimeout(timer);
            done(mails.splice(index, 1)[0].text);
        };
        look();
    });
}

/** The path of the first console URL in a mail. */
export function linkIn(text) {
    const found = text.match(/https?:\/\/\S+/);
    assert.ok(found, text);
    const link = new URL(found[0]);
    return link.pathname + link.search;
}

/** Waits until a condition is true. The pages' Content-Security-Policy blocks Playwright's own function for that. */
export async function until(what, condition) {
    const deadline = Date.now() + WAIT_MS;
    while (!(await condition())) {
        assert.ok(Date.now() < deadline, `waited in vain until ${what}`);
        await pause(50);
    }
}

// ---- users ----

const people = [];
// The browser's own log lines for error answers, which the pages show as messages.
const expected = /Failed to load resource|Received a 401 response/;

/** A user with a browser of their own. Every error that a page logs counts as a problem of the scenario. */
export async function somebody(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(WAIT_MS);
    const problems = [];
    context.on("page", (page) => {
        page.on("pageerror", (problem) => problems.push(`${page.url()}: ${problem.message}`));
        page.on("console", (line) => line.type() === "error" && !expected.test(line.text()) && problems.push(`${page.url()}: ${line.text()}`));
    });
    const page = await context.newPage();
    const person = { context, page, problems, go: (path, on = page) => on.goto(web + path) };
    people.push(person);
    return person;
}

/**
 * A user with a new account, on its overview. The API creates the account, and the browser gets its cookies: the forms
 * have scenarios of their own.
 */
export async function somebodyNew(email, options) {
    const person = await somebody(options);
    const made = await person.context.request.post(`${web}/api/auth/signup`, { data: form(email), headers: { "st-auth-mode": "cookie" } });
    assert.equal((await made.json()).status, "OK");
    await person.go("/");
    await person.page.waitForURL(/\/w\/[^/]+\/p\/[^/]+$/);
    return { ...person, email, name: email.split("@")[0] };
}

export async function fillIn(page, email, password) {
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
}

export async function signIn(page, email, password = PASSWORD) {
    await fillIn(page, email, password);
    await page.getByRole("button", { name: /^Sign in/ }).click();
}

/** One request from a user's page, without the console. */
export const ask = (page, method, path, body) =>
    page.evaluate(
        async ([method, path, body]) => {
            const headers = body === undefined ? {} : { "Content-Type": "application/json" };
            const answer = await fetch(`/api${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
            return { status: answer.status, body: await answer.json().catch(() => null) };
        },
        [method, path, body],
    );

/** The organization, workspace and project of a user's page. */
export async function placeOf(page) {
    const { body } = await ask(page, "GET", "/projects");
    const [, workspaceId, projectId] = new URL(page.url()).pathname.match(/^\/w\/([^/]+)\/p\/([^/]+)/);
    const project = body.find((each) => each.project_id === projectId);
    assert.equal(project.workspace_id, workspaceId);
    return { organizationId: project.organization_id, workspaceId, projectId, organizationName: project.organization_name };
}

export const switcher = (page) => page.getByRole("button", { name: /^Organization: / });

/** The organization that the sidebar shows. */
export async function shows(page, name) {
    await page.getByRole("button", { name: `Organization: ${name}. Switch or manage` }).waitFor();
}

// ---- checks of every page ----

/** No violation of WCAG 2.2 A and AA, and nothing wider than the window. */
export async function isAccessible(page, what) {
    await page.getByRole("heading", { level: 1, includeHidden: true }).first().waitFor({ state: "attached" });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
        window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
    );
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`);
    assert.deepEqual(found, [], what);
    const [inner, wide] = await page.evaluate(() => [window.innerWidth, document.documentElement.scrollWidth]);
    assert.ok(wide <= inner, `${what}: ${wide} of ${inner} pixels`);
}

/** Called at the end of a scenario: fails if there were problems that the scenario did not expect. */
export async function closeAll() {
    for (const { context, problems } of people.splice(0)) {
        await context.close();
        assert.deepEqual(problems, []);
    }
}

/** The text of a page at the end of a failed scenario. */
const seenOn = async (page) => {
    const texts = await page.locator("[role=alert], [aria-live], [role=dialog], h1").allInnerTexts().catch(() => []);
    return `${page.url()} shows: ${texts.map((text) => text.replaceAll(/\s+/g, " ").trim()).filter(Boolean).join(" | ")}`;
};

/** The scenarios, each with `closeAll` at its end. With ONLY in the environment, those whose name contains it. */
export const closing = (scenarios) =>
    Object.fromEntries(
        Object.entries(scenarios).filter(([name]) => name.includes(process.env.ONLY ?? "")).map(([name, scenario]) => [
            name,
            async () => {
                try {
                    await scenario();
                } catch (problem) {
                    const open = people.splice(0);
                    for (const { page, problems } of open) problem.stack += `\n${await seenOn(page)}${problems.map((each) => `\n  ${each}`).join("")}`;
                    if (process.env.SHOTS) // a folder to look into afterwards
                        for (const [index, { page }] of open.entries())
                            await page.screenshot({ path: `${process.env.SHOTS}/${name.replaceAll(/\W+/g, "-")}-${index}.png` }).catch(() => {});
                    await Promise.all(open.map(({ context }) => context.close()));
                    throw problem;
                }
                await closeAll();
            },
        ]),
    );
