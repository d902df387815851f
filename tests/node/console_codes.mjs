// The console with sign-in by mailed code or at a provider: console_codes.mjs URL CHROMIUM [FLAG...], mails on standard input.
import assert from "node:assert/strict";
import { ask, closing, isAccessible, mailFor, placeOf, shows, somebody, switcher, until, web } from "./console.mjs";
import { address, run } from "./scenarios.mjs";

const codeIn = (text) => {
    const found = text.match(/\b\d{6}\b/);
    assert.ok(found, text);
    return found[0];
};
const another = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

async function askForCode(page, email) {
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("button", { name: "Mail me a code" }).click();
    await page.getByText("Check your mail").waitFor();
    return codeIn(await mailFor(email));
}

async function somebodyIn(email) {
    const person = await somebody();
    await person.go("/auth");
    await person.page.getByLabel("Code").or(person.page.getByLabel("E-mail address")).first().waitFor();
    const code = await askForCode(person.page, email);
    await person.page.getByLabel("Code").fill(code);
    const name = email.split("@")[0];
    await shows(person.page, name);
    return { ...person, email, name };
}

await run(
    closing({
        async "signing up and in with a code"() {
            const email = address("ann");
            const { page, go } = await somebody();
            await go("/auth");
            await page.getByRole("heading", { name: "Sign in or sign up" }).waitFor();
            await isAccessible(page, "asking for a code");
            const first = await askForCode(page, email);
            await isAccessible(page, "entering a code");
            await page.getByLabel("Code").fill(another(first));
            await page.getByRole("alert").getByText("The code is wrong. 4 attempts are left.").waitFor();
            await isAccessible(page, "a wrong code");
            await page.getByRole("button", { name: "Send another code" }).click();
            const second = codeIn(await mailFor(email));
            await page.getByLabel("Code").pressSequentially(second);
            await shows(page, email.split("@")[0]);
            await switcher(page).click();
            await page.getByRole("menuitem", { name: "Log out" }).click();
            await page.waitForURL(`${web}/auth`);
            await page.getByLabel("Code").fill(await askForCode(page, email));
            await shows(page, email.split("@")[0]);
        },

        async "after too many wrong codes a new code is needed"() {
            const email = address("bob");
            const { page, go } = await somebody();
            await go("/auth");
            const code = await askForCode(page, email);
            const field = page.getByLabel("Code");
            for (let left = 4; left >= 1; left--) {
                await field.fill(another(code));
                await page.getByText(left === 1 ? "One attempt is left." : `${left} attempts are left.`).waitFor();
                await field.fill("");
            }
            await field.fill(another(code));
            await page.getByText("Ask for a new code.").waitFor();
            await page.getByLabel("E-mail address").waitFor();
            await askForCode(page, email);
            await page.getByRole("button", { name: "Use another address" }).click();
            await page.getByLabel("E-mail address").waitFor();
        },

        async "a pending invitation is shown and accepted in the switcher"() {
            const owner = await somebodyIn(address("carl"));
            const guest = await somebodyIn(address("dora"));
            const { organizationId } = await placeOf(owner.page);
            const invite = async () =>
                assert.equal((await ask(owner.page, "POST", `/organizations/${organizationId}/invitations`, { invitations: [{ email: guest.email, role: "admin" }] })).status, 201);
            const open = async () => {
                await guest.page.reload();
                await guest.page.locator(".badge").waitFor();
                await switcher(guest.page).click();
                await isAccessible(guest.page, "an invitation in the switcher");
                await guest.page.getByRole("menuitem", { name: owner.name }).click();
                await guest.page.getByRole("dialog", { name: `Join ${owner.name}?` }).waitFor();
            };
            await invite();
            await open();
            await isAccessible(guest.page, "the dialog of an invitation");
            await guest.page.getByRole("button", { name: "Decline" }).click();
            await guest.page.getByText("The invitation was declined.").waitFor();
            await until("no invitation waits", async () => (await guest.page.locator(".badge").count()) === 0);
            await invite();
            await open();
            await guest.page.getByRole("button", { name: "Accept" }).click();
            await shows(guest.page, owner.name);
            await guest.page.getByText(`You are now a member of ${owner.name}.`).waitFor();
            await guest.page.getByText("Admin").first().waitFor();
        },

        async "signing in at a provider"() {
            const email = address("emil");
            const { page, go } = await somebody();
            await go("/auth");
            await page.getByRole("button", { name: /^Continue with / }).click();
            await page.waitForURL((url) => url.origin !== web);
            await page.locator("[name=login]").fill(email);
            await page.locator("[name=password]").fill("any");
            await page.locator("[type=submit]").click();
            await page.locator("[type=submit]").click(); // consents to the requested scopes
            await page.waitForURL(/\/w\//);
            await shows(page, email.split("@")[0]);
        },

        async "an unexpected return from a provider is refused"() {
            const { page, go } = await somebody();
            await go("/auth/callback/oidc?code=abc&state=def");
            await page.getByRole("heading", { name: "You could not be signed in" }).waitFor();
            await isAccessible(page, "a return that nobody asked for");
            await go("/auth/callback/oidc?error=access_denied&error_description=You+said+no");
            await page.getByText("You said no").waitFor();
            await page.getByRole("link", { name: "Back to sign in" }).click();
            await page.getByRole("heading", { name: "Sign in or sign up" }).waitFor();
        },
    }),
);
