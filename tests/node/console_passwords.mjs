// The console with sign-in by password: console_passwords.mjs URL CHROMIUM [FLAG...], mails on standard input.
import assert from "node:assert/strict";
import { ask, closing, fillIn, isAccessible, linkIn, mailFor, placeOf, shows, signIn, somebody, somebodyNew, switcher, until, web, WAIT_MS } from "./console.mjs";
import { address, PASSWORD, pause, run } from "./scenarios.mjs";

/** Sends an invitation as a user who manages, and returns the link in its mail. */
async function invited(owner, email, role = "viewer") {
    const place = await placeOf(owner.page);
    const { status, body } = await ask(owner.page, "POST", `/organizations/${place.organizationId}/invitations`, { invitations: [{ email, role }] });
    assert.equal(status, 201, JSON.stringify(body));
    return { place, link: linkIn(await mailFor(email)) };
}

const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("data-menu-item") ?? document.activeElement.getAttribute("aria-label"));

await run(
    closing({
        async "signing up opens the user's own organization"() {
            const email = address("ann");
            const { page, go } = await somebody();
            await go("/");
            await page.getByRole("heading", { name: "Sign in" }).waitFor();
            await isAccessible(page, "sign-in");
            await page.getByRole("button", { name: "Create an account" }).click();
            await isAccessible(page, "sign-up");
            await page.getByRole("button", { name: "Create account" }).click();
            await page.getByText("Enter your e-mail address").waitFor();
            await fillIn(page, email, "weak");
            await page.getByRole("button", { name: "Create account" }).click();
            await page.getByText("Password must be at least 8 characters long.").waitFor();
            await isAccessible(page, "sign-up with an error");
            await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
            await page.getByRole("button", { name: "Create account" }).click();
            await shows(page, email.split("@")[0]);
            await page.getByRole("heading", { name: `Welcome, ${email.split("@")[0]}` }).waitFor();
            await page.getByText("Owner").first().waitFor();
            await isAccessible(page, "overview");
        },

        async "signing out and in again"() {
            const { page, go, email, name } = await somebodyNew(address("bob"));
            const place = new URL(page.url()).pathname;
            await switcher(page).click();
            await page.getByRole("menuitem", { name: "Log out" }).click();
            await page.waitForURL(`${web}/auth`);
            await go(`${place}/settings/members`);
            await page.waitForURL(/\/auth\?next=/);
            await signIn(page, email, "Wr0ng!password");
            await page.getByRole("alert").getByText("Address or password is wrong.").waitFor();
            await isAccessible(page, "sign-in that failed");
            await signIn(page, email);
            await page.waitForURL(`${web}${place}/settings/members`);
            await shows(page, name);
            await go("/auth"); // a signed-in user does not see the sign-in page
            await page.waitForURL(`${web}${place}`);
        },

        async "the return path stays within the console"() {
            const { page, go, email } = await somebodyNew(address("eve"));
            await page.context().clearCookies();
            for (const next of ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
                await go(`/auth?next=${encodeURIComponent(next)}`);
                await signIn(page, email);
                await page.waitForURL(/\/w\//);
                assert.equal(new URL(page.url()).origin, web);
                await page.context().clearCookies();
            }
        },

        async "a password is reset by a mailed link"() {
            const { page, go, email, name } = await somebodyNew(address("carl"));
            await page.context().clearCookies();
            await go("/auth");
            await page.getByRole("link", { name: "Forgot your password?" }).click();
            await isAccessible(page, "asking for a link");
            await page.getByLabel("E-mail address").fill(email);
            await page.getByRole("button", { name: "Mail me a link" }).click();
            await page.getByText(`If there is an account for ${email}`).waitFor();
            await isAccessible(page, "link asked for");
            const link = linkIn(await mailFor(email));
            await go(link);
            await isAccessible(page, "setting a password");
            await page.getByLabel("New password").fill("weak");
            await page.getByRole("button", { name: "Set password" }).click();
            await page.getByText("Password must be at least 8 characters long.").waitFor();
            await page.getByLabel("New password").fill("N3w!password");
            await page.getByRole("button", { name: "Set password" }).click();
            await page.getByText("Your password is set").waitFor();
            await page.getByRole("link", { name: "Back to sign in" }).click();
            await signIn(page, email, PASSWORD);
            await page.getByText("Address or password is wrong.").waitFor();
            await signIn(page, email, "N3w!password");
            await shows(page, name);
            await go(link);
            await page.getByLabel("New password").fill("An0ther!password");
            await page.getByRole("button", { name: "Set password" }).click();
            await page.getByText("This link does not work any more").waitFor();
            await isAccessible(page, "a used link");
        },

        async "the switchers by keyboard alone"() {
            const { page, name } = await somebodyNew(address("dora"));
            for (const other of ["Alpha", "Beta", "Beta Two", "Gamma"]) await ask(page, "POST", "/organizations", { name: other });
            await page.reload();
            await shows(page, name);
            const press = async (...keys) => {
                for (const key of keys) await page.keyboard.press(key);
            };
            await press("Tab", "Tab"); // past the link to the content
            assert.match(await focused(page), /^Organization: /);
            const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
            assert.notEqual(ring, "none");
            await press("Enter");
            assert.equal(await focused(page), name);
            await isAccessible(page, "an open switcher");
            await press("ArrowDown");
            assert.equal(await focused(page), "Rename");
            await press("End");
            assert.equal(await focused(page), "Log out");
            await press("ArrowDown");
            assert.equal(await focused(page), name);
            await press("ArrowUp");
            assert.equal(await focused(page), "Log out");
            await press("Home");
            assert.equal(await focused(page), name);
            await press("b");
            assert.equal(await focused(page), "Beta");
            await press("b");
            assert.equal(await focused(page), "Beta Two"); // the same letter goes on to the next
            await pause(800);
            await page.keyboard.type("beta t", { delay: 10 });
            assert.equal(await focused(page), "Beta Two");
            await press("Escape");
            assert.match(await focused(page), /^Organization: /);
            assert.equal(await page.getByRole("menu").count(), 0);
            await press("ArrowUp");
            assert.equal(await focused(page), "Log out");
            await page.keyboard.type("gam", { delay: 10 });
            await press("Enter");
            await shows(page, "Gamma");
            await press("Tab");
            assert.match(await focused(page), /^Project: /);
            await press("Enter");
            assert.equal(await focused(page), "Default");
            await press("Tab");
            assert.equal(await page.getByRole("menu").count(), 0);
        },

        async "another organization by mouse, and the same page of another project"() {
            const { page, name } = await somebodyNew(address("emil"));
            await ask(page, "POST", "/organizations", { name: "Second" });
            const { workspaceId } = await placeOf(page);
            await ask(page, "POST", `/projects?workspace_id=${workspaceId}`, { name: "Search" });
            await page.reload();
            await switcher(page).click();
            await page.getByRole("menuitemradio", { name: "Second" }).click();
            await shows(page, "Second");
            await switcher(page).click();
            await page.getByRole("menuitemradio", { name }).click();
            await shows(page, name);
            await page.getByRole("link", { name: "API keys" }).first().click();
            await page.getByRole("heading", { name: "API keys" }).waitFor();
            await page.getByRole("button", { name: /^Project: Default/ }).click();
            await page.getByRole("menuitemradio", { name: "Search" }).click();
            await page.getByRole("button", { name: /^Project: Search/ }).waitFor();
            await page.waitForURL(/settings\/keys$/);
            await page.mouse.click(900, 600);
            await switcher(page).click();
            await page.mouse.click(900, 600); // elsewhere closes it
            assert.equal(await page.getByRole("menu").count(), 0);
        },

        async "an invitation makes a new account a member"() {
            const owner = await somebodyNew(address("fay"));
            const email = address("gus");
            const { link } = await invited(owner, email, "viewer");
            const guest = await somebody();
            await guest.go(link);
            await guest.page.getByRole("heading", { name: "You are invited" }).waitFor();
            await guest.page.getByRole("button", { name: "Create account and join" }).waitFor();
            await isAccessible(guest.page, "an invitation");
            const field = guest.page.getByLabel("E-mail address");
            assert.equal(await field.inputValue(), email);
            assert.equal(await field.getAttribute("readonly"), "");
            await guest.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
            await guest.page.getByRole("button", { name: "Create account and join" }).click();
            await shows(guest.page, owner.name);
            await guest.page.getByText(`You are now a member of ${owner.name}.`).waitFor();
            await switcher(guest.page).click();
            await guest.page.getByRole("menuitemradio", { name: email.split("@")[0] }).waitFor(); // and has one of their own
            assert.equal(await guest.page.getByRole("menuitem", { name: "Rename" }).count(), 0);
            await guest.go(link); // a second time: already a member
            await guest.page.getByRole("button", { name: "Accept invitation" }).click();
            await shows(guest.page, owner.name);
        },

        async "an invited user with an account joins only after confirming"() {
            const owner = await somebodyNew(address("hal"));
            const guest = await somebodyNew(address("ida"));
            const { link, place } = await invited(owner, guest.email, "admin");
            await guest.go(link);
            await guest.page.getByRole("button", { name: "Accept invitation" }).waitFor();
            await isAccessible(guest.page, "an invitation for the signed-in user");
            const members = async () => (await ask(owner.page, "GET", `/organizations/${place.organizationId}`)).body.default_workspace.members;
            assert.equal((await members()).find(({ user }) => user.email === guest.email).user.status, "pending"); // opening the page changes nothing
            await guest.page.getByRole("button", { name: "Not now" }).click();
            await shows(guest.page, guest.name);
            await guest.go(link);
            await guest.page.getByRole("button", { name: "Accept invitation" }).click();
            await shows(guest.page, owner.name);
            assert.equal((await members()).find(({ user }) => user.email === guest.email).user.status, "member");
            const signedOut = await somebody();
            const third = await somebodyNew(address("jan"));
            const again = await invited(owner, third.email);
            await signedOut.go(again.link); // the page asks for the password of an address with an account
            await signedOut.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
            await signedOut.page.getByRole("button", { name: "Sign in and join" }).click();
            await shows(signedOut.page, owner.name);
        },

        async "an invitation for another address, a withdrawn one, and an incomplete link"() {
            const owner = await somebodyNew(address("kim"));
            const other = await somebodyNew(address("leo"));
            const email = address("mia");
            const { link, place } = await invited(owner, email);
            await other.go(link);
            await other.page.getByRole("heading", { name: "This invitation is for another address" }).waitFor();
            await isAccessible(other.page, "an invitation for another address");
            await other.page.getByRole("button", { name: `Log out and continue as ${email}` }).click();
            await other.page.getByRole("button", { name: "Create account and join" }).waitFor();
            const { body } = await ask(owner.page, "GET", `/organizations/${place.organizationId}/invitations`);
            await ask(owner.page, "DELETE", `/organizations/${place.organizationId}/invitations/${body[0].id}`);
            await other.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
            await other.page.getByRole("button", { name: "Create account and join" }).click();
            await other.page.getByRole("heading", { name: "This invitation does not exist any more" }).waitFor();
            await other.page.getByRole("link", { name: "Go to the start" }).click();
            await shows(other.page, email.split("@")[0]);
            await other.go("/workspaces/accept?token=abc");
            await other.page.getByRole("heading", { name: "This link is not complete" }).waitFor();
        },

        async "a removed user is taken to another organization"() {
            const owner = await somebodyNew(address("nan"));
            const guest = await somebodyNew(address("ole"));
            const { link, place } = await invited(owner, guest.email);
            await guest.go(link);
            await guest.page.getByRole("button", { name: "Accept invitation" }).click();
            await shows(guest.page, owner.name);
            const removed = await ask(owner.page, "DELETE", `/workspaces/${place.workspaceId}/users?email=${encodeURIComponent(guest.email)}`);
            assert.equal(removed.status, 200);
            await pause(1100);
            await guest.page.getByRole("link", { name: "Members", exact: true }).click();
            await guest.page.getByText(`You are no longer a member of ${owner.name}. This is ${guest.name}.`).waitFor();
            await shows(guest.page, guest.name);
            await guest.go(`/w/${place.workspaceId}/p/${place.projectId}`);
            await guest.page.getByText("You have no access to that organization.").waitFor();
            await shows(guest.page, guest.name);
        },

        async "everything on a screen of 360 pixels"() {
            const { page, go, name } = await somebodyNew(address("pia"), { viewport: { width: 360, height: 740 }, hasTouch: true });
            await isAccessible(page, "the overview on a narrow screen");
            await page.getByRole("button", { name: "Open menu" }).click();
            await shows(page, name);
            await isAccessible(page, "the menu on a narrow screen");
            await switcher(page).click();
            await page.getByRole("menuitem", { name: "New organization" }).waitFor();
            await isAccessible(page, "the switcher on a narrow screen");
            await page.keyboard.press("Escape");
            const members = page.getByRole("link", { name: "Members", exact: true });
            await members.click();
            await page.getByRole("heading", { name: "Members" }).waitFor();
            await members.waitFor({ state: "hidden" }); // the menu has closed by itself
            const place = new URL(page.url()).pathname.replace(/members$/, "");
            for (const settings of ["organization", "projects", "keys", "account"]) {
                await go(place + settings);
                await page.getByRole("heading", { level: 1 }).waitFor();
                await isAccessible(page, `${settings} on a narrow screen`);
            }
            await page.context().clearCookies();
            for (const path of ["/auth", "/auth?mode=signup", "/auth/reset-password", "/auth/reset-password?token=x"]) {
                await go(path);
                await page.getByRole("heading", { level: 1 }).waitFor();
                await isAccessible(page, `${path} on a narrow screen`);
            }
        },

        async "light and dark"() {
            const { page } = await somebodyNew(address("quin"), { colorScheme: "dark" });
            const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
            const dark = await background();
            await isAccessible(page, "the overview in the dark");
            await switcher(page).click();
            await isAccessible(page, "the switcher in the dark");
            await page.keyboard.press("Escape");
            await page.emulateMedia({ colorScheme: "light" });
            await until("it is light", async () => (await background()) !== dark);
            const you = page.getByRole("button", { name: /account and appearance/ });
            await you.click();
            await page.getByRole("menuitemradio", { name: "Dark" }).click();
            await page.reload();
            await you.waitFor();
            assert.equal(await background(), dark); // the choice is kept
            await you.click();
            await page.getByRole("menuitemradio", { name: "As the system" }).click();
            await until("it is light", async () => (await background()) !== dark);
        },

        async "a sidebar of 236 pixels, or 80"() {
            const { page, name } = await somebodyNew(address("rob"));
            const width = () => page.evaluate(() => document.querySelector(".sidebar")?.offsetWidth);
            const becomes = (wanted) => until(`the sidebar is ${wanted} wide`, async () => (await width()) === wanted);
            await becomes(236);
            await page.getByRole("button", { name: "Collapse sidebar" }).click();
            await becomes(80);
            await isAccessible(page, "a collapsed sidebar");
            await page.reload();
            await shows(page, name);
            await becomes(80);
            await page.getByRole("link", { name: "Settings" }).click();
            await page.getByRole("button", { name: "Expand sidebar" }).click();
            await becomes(236);
        },

        async "back, forward and reload anywhere"() {
            const { page, go, name } = await somebodyNew(address("sue"));
            const home = page.url();
            await page.getByRole("link", { name: "Settings" }).click();
            await page.waitForURL(/settings\/organization$/);
            await page.getByRole("link", { name: "Account" }).click();
            await page.waitForURL(/settings\/account$/);
            await page.reload();
            await page.getByRole("heading", { name: "Account" }).waitFor();
            await page.goBack();
            await page.waitForURL(/settings\/organization$/);
            await page.goBack();
            await page.waitForURL(home);
            await page.getByRole("heading", { name: /Welcome/ }).waitFor();
            await page.goForward();
            await page.getByRole("heading", { name: "Organization" }).waitFor();
            await go("/w/nothing/p/nothing/at/all");
            await shows(page, name);
            await go(`${new URL(home).pathname}/nothing/here`);
            await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
            await isAccessible(page, "an address that leads nowhere");
            await go("/nothing");
            await page.getByRole("link", { name: "Go to the start" }).click();
            await shows(page, name);
            await go(new URL(home).pathname.split("/p/")[0]); // a workspace alone
            await page.waitForURL(home);
        },

        async "a server that is slow, and one that fails"() {
            const { page, name } = await somebodyNew(address("tom"));
            const slow = (route) => setTimeout(() => route.continue().catch(() => {}), 1200);
            await page.route("**/api/organizations", slow);
            await page.reload();
            await page.getByRole("status", { name: "Loading" }).waitFor();
            assert.equal(await page.locator(".ant-spin").count(), 0); // a skeleton, not a spinner
            await isAccessible(page, "a page that loads");
            await shows(page, name);
            await page.unroute("**/api/organizations", slow);
            await page.route("**/api/organizations", (route) =>
                route.fulfill({ status: 500, contentType: "application/json", body: '{"detail":"An internal error has occurred."}' }),
            );
            await page.reload();
            await page.getByText("An internal error has occurred.").waitFor(); // the server's message
            await isAccessible(page, "a page that failed");
            await page.unroute("**/api/organizations");
            await page.getByRole("button", { name: "Try again" }).click();
            await shows(page, name);
            await page.route("**/api/**", (route) => route.abort());
            await page.reload();
            await page.getByText("The server could not be reached.").first().waitFor({ timeout: 2 * WAIT_MS });
            await page.unroute("**/api/**");
            await page.getByRole("button", { name: "Try again" }).click();
            await shows(page, name);
        },

        async "the first load is small and comes from this server only"() {
            const { context, page, go } = await somebody(); // with an empty cache
            const answers = [];
            context.on("response", (answer) => answers.push(answer));
            const answer = await go("/auth");
            await page.getByLabel("E-mail address").waitFor();
            // Until no answer arrives for half a second.
            for (let count = -1; count !== answers.length; await page.waitForTimeout(500)) count = answers.length;
            assert.match(answer.headers()["content-security-policy"], /default-src 'none'.*script-src 'self'/);
            assert.equal(answer.headers()["cache-control"].includes("immutable"), false);
            // Of the header: an answer that the session library leaves unread never counts as finished.
            const sizes = answers.map((each) => Number(each.headers()["content-length"]));
            const total = sizes.reduce((sum, size) => sum + size, 0);
            assert.ok(total < 300_000, `${total} bytes`);
            for (const each of answers) assert.equal(new URL(each.url()).origin, web);
        },
    }),
);
