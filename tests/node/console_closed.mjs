// The console of a server with sign-up by invitation and few owners: console_closed.mjs URL CHROMIUM [FLAG...], mails on
// standard input, the administration's key in ADMIN_KEY.
import assert from "node:assert/strict";
import { ask, closing, fillIn, isAccessible, linkIn, mailFor, somebody, web } from "./console.mjs";
import { address, PASSWORD, run } from "./scenarios.mjs";

/** An account with an organization, made by the administration, and a key of it. */
async function ownerMade(email) {
    const answer = await fetch(`${web}/api/admin/simple/accounts/`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Access ${process.env.ADMIN_KEY}` },
        body: JSON.stringify({ accounts: { owner: { user: { email } } } }),
    });
    assert.equal(answer.status, 200);
    const { owner } = (await answer.json()).accounts;
    const key = Object.values(owner.api_keys)[0];
    const place = Object.values(owner.organizations)[0];
    const call = (method, path, body) =>
        fetch(`${web}/api${path}`, { method, headers: { "Content-Type": "application/json", Authorization: `ApiKey ${key}` }, body: JSON.stringify(body) });
    return { call, organization: place };
}

await run(
    closing({
        async "without an invitation, the page explains the refusal before and after an attempt"() {
            const { page, go } = await somebody();
            await go("/auth");
            await page.getByRole("heading", { name: "Sign in" }).waitFor();
            assert.equal(await page.getByText("New accounts are by invitation").count(), 0); // a user with an account does not see the notice
            await page.getByRole("button", { name: "Create an account" }).click();
            await page.getByText("New accounts are by invitation").waitFor();
            await isAccessible(page, "a sign-up that is closed");
            await fillIn(page, address("ann"), PASSWORD);
            await page.getByRole("button", { name: "Create account" }).click();
            await page.getByRole("alert").getByText("Access Denied.").waitFor(); // the server's message and a hint
            await page.getByText("here for an invitation", { exact: false }).or(page.getByText("for an invitation:", { exact: false })).first().waitFor();
            await isAccessible(page, "a sign-up that was refused");
        },

        async "without an organization, the page explains why and what to do"() {
            const owner = await ownerMade(address("boss"));
            const email = address("bob");
            const invite = async () => {
                const answer = await owner.call("POST", `/organizations/${owner.organization.id}/invitations`, { invitations: [{ email, role: "admin" }] });
                assert.equal(answer.status, 201, await answer.text());
                return linkIn(await mailFor(email));
            };
            const { page, go } = await somebody();
            await go(await invite());
            await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
            await page.getByRole("button", { name: "Create account and join" }).click();
            await page.getByRole("button", { name: `Organization: ${owner.organization.name}. Switch or manage` }).waitFor();
            const { body } = await ask(page, "GET", "/workspaces");
            const left = await ask(page, "DELETE", `/workspaces/${body[0].id}/users?email=${encodeURIComponent(email)}`);
            assert.equal(left.status, 200);
            await page.reload();
            await page.getByRole("heading", { name: "You do not belong to an organization yet" }).waitFor();
            await page.getByText(email).waitFor();
            await isAccessible(page, "nowhere");
            await page.setViewportSize({ width: 360, height: 740 });
            await isAccessible(page, "nowhere on a narrow screen");
            await invite();
            await page.getByRole("button", { name: "Check again" }).click();
            await page.getByRole("button", { name: "View invitation" }).click();
            await page.getByText("open the link in the invitation mail", { exact: false }).waitFor(); // a password proves no address
            await isAccessible(page, "an invitation that needs its link");
            await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
            await page.getByRole("button", { name: "Log out" }).click();
            await page.waitForURL(`${web}/auth`);
        },
    }),
);
