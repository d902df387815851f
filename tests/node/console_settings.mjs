// The settings of the console, with a server without mail: console_settings.mjs URL CHROMIUM [FLAG...]
import assert from "node:assert/strict";
import { ask, closing, isAccessible, linkIn, placeOf, shows, signIn, somebody, somebodyNew, switcher, until, web } from "./console.mjs";
import { address, PASSWORD, pause, run } from "./scenarios.mjs";

const open = async (page, name) => {
    await switcher(page).waitFor();
    const settings = page.getByRole("link", { name: "Settings", exact: true });
    if (await settings.count()) await settings.click();
    await page.getByRole("link", { name, exact: true }).first().click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
};
const dialog = (page) => page.getByRole("dialog");
const notice = (page, text) => page.getByRole("region", { name: "Notices" }).getByText(text).waitFor();
const row = (page, text) => page.getByRole("row").filter({ hasText: text });

/** Invites through the dialog and returns the links by address. */
async function inviteByDialog(page, emails, role) {
    await page.getByRole("button", { name: "Invite people" }).click();
    await dialog(page).getByLabel("E-mail addresses").fill(emails.join(", "));
    if (role) await dialog(page).getByLabel("Role").selectOption(role);
    await dialog(page).getByRole("button", { name: "Send invitations" }).click();
    await page.getByRole("heading", { name: "Send these links" }).or(dialog(page).getByText("Send these links")).first().waitFor();
    const links = {};
    for (const email of emails) links[email] = linkIn(await dialog(page).getByRole("listitem").filter({ hasText: email }).locator("code").innerText());
    return links;
}

/** A second member, who has just joined through a link. */
async function memberOf(owner, name, role) {
    const guest = await somebodyNew(address(name));
    await open(owner.page, "Members");
    const links = await inviteByDialog(owner.page, [guest.email], role);
    await dialog(owner.page).getByRole("button", { name: "Done" }).click();
    await guest.go(links[guest.email]);
    await guest.page.getByRole("button", { name: "Accept invitation" }).click();
    await shows(guest.page, owner.name);
    return guest;
}

await run(
    closing({
        async "an organization is made, renamed and deleted"() {
            const { page, name } = await somebodyNew(address("ann"));
            await open(page, "Organization");
            await page.getByText("This is the only organization you own", { exact: false }).waitFor(); // before the click
            assert.equal(await page.getByRole("button", { name: "Delete organization" }).isDisabled(), true);
            await isAccessible(page, "the settings of an organization");
            await switcher(page).click();
            await page.getByRole("menuitem", { name: "Delete" }).click();
            await dialog(page).getByText("This is the only organization you own", { exact: false }).waitFor();
            assert.equal(await dialog(page).getByRole("button", { name: "Delete permanently" }).isDisabled(), true);
            await dialog(page).getByRole("button", { name: "Cancel" }).click();
            await switcher(page).click();
            await page.getByRole("menuitem", { name: "New organization" }).click();
            await dialog(page).getByRole("button", { name: "Create" }).click();
            await dialog(page).getByText("Enter a name").waitFor();
            await isAccessible(page, "the dialog of a new organization");
            await dialog(page).getByLabel("Name").fill("Acme");
            await page.keyboard.press("Enter");
            await shows(page, "Acme");
            await notice(page, "Acme is ready.");
            await switcher(page).click();
            await page.getByRole("menuitem", { name: "Rename" }).click();
            await dialog(page).getByLabel("Name").fill("Acme Research");
            await dialog(page).getByRole("button", { name: "Save" }).click();
            await shows(page, "Acme Research");
            await open(page, "Organization");
            await page.getByLabel("Description").fill("Where we try things");
            await page.getByRole("button", { name: "Save" }).click();
            await notice(page, "Saved.");
            await page.reload();
            await until("the description is kept", async () => (await page.getByLabel("Description").inputValue()) === "Where we try things");
            await page.getByRole("button", { name: "Delete organization" }).click();
            await dialog(page).getByText("1 project with all its data: Default").waitFor();
            await isAccessible(page, "the dialog of a deletion");
            const remove = dialog(page).getByRole("button", { name: "Delete permanently" });
            await dialog(page).getByLabel("Type Acme Research to confirm").fill("Acme");
            assert.equal(await remove.isDisabled(), true);
            await dialog(page).getByLabel("Type Acme Research to confirm").fill("Acme Research");
            await remove.click();
            await shows(page, name);
            await notice(page, "Acme Research was deleted.");
        },

        async "two fast clicks create one organization"() {
            const { page } = await somebodyNew(address("dot"));
            const named = async (path, member, name) => (await ask(page, "GET", path)).body.filter((each) => each[member] === name).length;
            await switcher(page).click();
            await page.getByRole("menuitem", { name: "New organization" }).click();
            await dialog(page).getByLabel("Name").fill("Twice");
            await dialog(page).getByRole("button", { name: "Create" }).dblclick();
            await shows(page, "Twice");
            assert.equal(await named("/organizations", "name", "Twice"), 1);
            await open(page, "Projects");
            await page.getByRole("button", { name: "New project" }).click();
            await dialog(page).getByLabel("Name").fill("Search");
            await dialog(page).getByRole("button", { name: "Create" }).dblclick();
            await notice(page, "Search is ready.");
            assert.equal(await named("/projects", "project_name", "Search"), 1);
            await open(page, "API keys");
            await page.getByRole("button", { name: "New key" }).dblclick();
            await dialog(page).locator("code").waitFor();
            const { projectId } = await placeOf(page);
            assert.equal((await ask(page, "GET", `/keys?project_id=${projectId}`)).body.length, 1);
        },

        async "two users at the same time: invited, role changed, removed"() {
            const owner = await somebodyNew(address("bob"));
            await open(owner.page, "Members");
            await isAccessible(owner.page, "the members");
            await owner.page.getByRole("button", { name: "Invite people" }).click();
            await isAccessible(owner.page, "the dialog of an invitation");
            await dialog(owner.page).getByLabel("E-mail addresses").fill("no address");
            await dialog(owner.page).getByRole("button", { name: "Send invitations" }).click();
            await dialog(owner.page).getByRole("alert").getByText(/./).first().waitFor();
            await dialog(owner.page).getByRole("button", { name: "Cancel" }).click();
            const guest = await memberOf(owner, "cleo", "viewer");
            await guest.page.getByText("Viewer").first().waitFor();
            assert.equal(await guest.page.getByRole("button", { name: "Invite people" }).count(), 0);
            await owner.page.reload();
            const role = owner.page.getByLabel(`Role of ${guest.name}`);
            await role.selectOption("admin");
            await notice(owner.page, `${guest.name} is admin now.`);
            await guest.page.reload();
            await guest.page.getByRole("button", { name: "Invite people" }).waitFor(); // the change is visible
            await owner.page.getByRole("button", { name: `Remove ${guest.name}` }).click();
            await dialog(owner.page).getByRole("button", { name: "Remove" }).click();
            await notice(owner.page, `${guest.name} was removed.`);
            await until("the row has gone", async () => (await row(owner.page, guest.email).count()) === 0);
            await guest.page.getByRole("link", { name: "Members", exact: true }).click();
            await shows(guest.page, guest.name); // and takes effect
        },

        async "a role lost while a dialog is open"() {
            const owner = await somebodyNew(address("ivy"));
            const guest = await memberOf(owner, "joe", "admin");
            await guest.page.getByRole("button", { name: "Invite people" }).click();
            await dialog(guest.page).getByLabel("E-mail addresses").fill(address("late"));
            await owner.page.reload();
            await owner.page.getByLabel(`Role of ${guest.name}`).selectOption("viewer");
            await notice(owner.page, `${guest.name} is viewer now.`);
            await dialog(guest.page).getByRole("button", { name: "Send invitations" }).click();
            await dialog(guest.page).getByRole("alert").getByText("You do not have permission", { exact: false }).waitFor();
            await dialog(guest.page).getByRole("button", { name: "Cancel" }).click();
            await until("the list tells it as well", async () => (await row(guest.page, guest.email).innerText()).includes("Viewer"));
        },

        async "invitations are sent again and withdrawn, and refusals are shown"() {
            const owner = await somebodyNew(address("dan"));
            await open(owner.page, "Members");
            const [one, two] = [address("eva"), address("finn")];
            const links = await inviteByDialog(owner.page, [one, two]);
            await isAccessible(owner.page, "links to pass on");
            await dialog(owner.page).getByRole("button", { name: "Done" }).click();
            await row(owner.page, two).waitFor();
            await isAccessible(owner.page, "members and invitations");
            await owner.page.getByRole("button", { name: `Send the invitation of ${one} again` }).click();
            assert.equal(linkIn(await row(owner.page, one).locator("code").innerText()), links[one]);
            await owner.page.getByRole("button", { name: `Withdraw the invitation of ${two}` }).click();
            await notice(owner.page, `The invitation of ${two} was withdrawn.`);
            await until("the row has gone", async () => (await row(owner.page, two).count()) === 0);
            await owner.page.getByRole("button", { name: "Invite people" }).click();
            await dialog(owner.page).getByLabel("E-mail addresses").fill(`${owner.email}\n${one}`);
            await dialog(owner.page).getByRole("button", { name: "Send invitations" }).click();
            await dialog(owner.page).getByText(`${owner.email}: `, { exact: false }).waitFor(); // one line for each
            await isAccessible(owner.page, "invitations that were refused");
            await dialog(owner.page).getByLabel("E-mail addresses").fill(`Ada Lee <${address("ada")}>, nonsense; "B" <b@x>\n${address("cy")} \u212aim@acme.example`);
            await dialog(owner.page).getByRole("button", { name: "Send invitations" }).click();
            await dialog(owner.page).getByText("nonsense: ", { exact: false }).waitFor();
            const lines = (await dialog(owner.page).locator(".ant-alert-message").innerText()).split("\n").map((line) => line.split(": ")[0]);
            assert.deepEqual(lines, ["nonsense", "b@x", "\u212aim@acme.example"]); // each is named, and no other
        },

        async "ownership is transferred, and the previous owner leaves"() {
            const owner = await somebodyNew(address("gil"));
            await switcher(owner.page).click();
            await owner.page.getByRole("menuitem", { name: "Transfer ownership" }).click();
            await dialog(owner.page).getByText("There is no other member yet.", { exact: false }).waitFor();
            await dialog(owner.page).getByRole("button", { name: "Cancel" }).click();
            const guest = await memberOf(owner, "hana", "admin");
            await open(owner.page, "Organization");
            assert.equal(await owner.page.getByRole("button", { name: "Leave organization" }).isDisabled(), true);
            await owner.page.getByRole("button", { name: "Transfer ownership" }).click();
            await isAccessible(owner.page, "the dialog of a transfer");
            await dialog(owner.page).getByLabel("New owner").selectOption({ label: `${guest.name} · ${guest.email}` });
            await dialog(owner.page).getByRole("button", { name: "Transfer ownership" }).click();
            await notice(owner.page, `${guest.name} is the owner now.`);
            await owner.page.getByText("Only the owner can change this.").waitFor();
            await isAccessible(owner.page, "the settings of another user's organization");
            await guest.page.reload();
            await switcher(guest.page).click();
            await guest.page.getByRole("menuitem", { name: "Rename" }).waitFor();
            await owner.page.getByRole("button", { name: "Leave organization" }).click();
            await dialog(owner.page).getByRole("button", { name: "Leave organization" }).click();
            await owner.page.getByRole("heading", { name: "You do not belong to an organization yet" }).waitFor();
            await owner.page.getByRole("button", { name: "New organization" }).click();
            await dialog(owner.page).getByLabel("Name").fill("A new start");
            await dialog(owner.page).getByRole("button", { name: "Create" }).click();
            await shows(owner.page, "A new start");
        },

        async "projects"() {
            const { page } = await somebodyNew(address("ida"));
            await open(page, "Projects");
            await isAccessible(page, "the projects");
            assert.equal(await page.getByRole("button", { name: "Delete Default" }).isDisabled(), true);
            await page.getByRole("button", { name: "New project" }).click();
            await dialog(page).getByLabel("Name").fill("Search");
            await dialog(page).getByRole("button", { name: "Create" }).click();
            await notice(page, "Search is ready.");
            await page.getByRole("button", { name: "Make Search the default" }).click();
            await notice(page, "Search is the default now.");
            await page.getByRole("button", { name: "Rename Search" }).click();
            await dialog(page).getByLabel("Name").fill("Find");
            await dialog(page).getByRole("button", { name: "Save" }).click();
            await row(page, "Find").waitFor();
            await page.getByRole("button", { name: "Delete Default" }).click(); // the one that is open
            await isAccessible(page, "the dialog of a project's deletion");
            await dialog(page).getByLabel("Type Default to confirm").fill("Default");
            await dialog(page).getByRole("button", { name: "Delete permanently" }).click();
            await notice(page, "Default was deleted.");
            await page.getByRole("button", { name: /^Project: Find/ }).waitFor();
            await page.getByRole("heading", { name: "Projects" }).waitFor();
        },

        async "a key is shown once, works, and is refused when it is deleted"() {
            const { context, page } = await somebodyNew(address("jan"));
            await context.grantPermissions(["clipboard-read", "clipboard-write"]);
            await open(page, "API keys");
            await page.getByText("You have no keys for this project.").waitFor();
            await isAccessible(page, "no keys");
            await page.getByRole("button", { name: "New key" }).click();
            const key = await dialog(page).locator("code").innerText();
            await isAccessible(page, "a new key");
            await page.keyboard.press("Escape"); // does not close the dialog
            await dialog(page).getByRole("button", { name: "Copy the key" }).click();
            assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
            await dialog(page).getByRole("button", { name: "I have stored it" }).click();
            await row(page, key.slice(0, 8)).waitFor();
            await until("the key is nowhere", async () => !(await page.content()).includes(key));
            await isAccessible(page, "keys");
            const works = async () => (await fetch(`${web}/api/projects/current`, { headers: { Authorization: `ApiKey ${key}` } })).status;
            assert.equal(await works(), 200);
            await page.getByRole("button", { name: `Delete the key ${key.slice(0, 8)}` }).click();
            await dialog(page).getByRole("button", { name: "Delete" }).click();
            await page.getByText("You have no keys for this project.").waitFor();
            assert.equal(await works(), 401);
            await page.getByLabel("Only this project").check();
            await page.getByRole("button", { name: "New key" }).click();
            const restricted = await dialog(page).locator("code").innerText();
            await dialog(page).getByRole("button", { name: "I have stored it" }).click();
            await row(page, restricted.slice(0, 8)).getByText("this project only").waitFor();
            const renamed = await fetch(`${web}/api/profile/username`, {
                method: "PUT", headers: { Authorization: `ApiKey ${restricted}`, "Content-Type": "application/json" }, body: '{"username":"x"}',
            });
            assert.equal(renamed.status, 403);
        },

        async "the account: name, sessions, password"() {
            const { page, email } = await somebodyNew(address("kim"));
            await open(page, "Account");
            await page.getByLabel("Name", { exact: true }).fill("Kim Larsen");
            await page.getByRole("button", { name: "Save" }).click();
            await page.getByRole("button", { name: /^Kim Larsen: account/ }).waitFor();
            const elsewhere = await somebody();
            await elsewhere.go("/auth");
            await signIn(elsewhere.page, email);
            await elsewhere.page.waitForURL(/\/w\//);
            await page.reload();
            await page.getByText("this browser").waitFor();
            await isAccessible(page, "the account");
            await page.getByRole("button", { name: "End all others" }).click();
            await page.getByText("You are signed in nowhere else.").waitFor();
            await pause(1100);
            await elsewhere.page.getByRole("link", { name: "Members", exact: true }).click();
            await elsewhere.page.getByText("Your session has ended.").waitFor();
            await page.getByRole("button", { name: "Set a new password" }).click();
            await page.getByLabel("New password").fill("N3w!password");
            await page.getByRole("button", { name: "Set password" }).click();
            await page.getByText("Your password is set").waitFor(); // the form has the same link
            await page.getByRole("link", { name: "Back to sign in" }).click();
            await signIn(page, email, "N3w!password");
            await page.getByRole("button", { name: /^Kim Larsen: account/ }).waitFor();
            assert.notEqual(PASSWORD, "N3w!password");
        },

        async "the settings on a screen of 360 pixels, with members and very long names"() {
            const owner = await somebodyNew(address("leo"));
            await memberOf(owner, "mia", "viewer");
            const long = (letter) => letter.repeat(100);
            for (const [method, path, body] of [
                ["PATCH", `/organizations/${(await placeOf(owner.page)).organizationId}`, { name: long("W") }],
                ["PATCH", `/projects/${(await placeOf(owner.page)).projectId}`, { name: long("X") }],
                ["PUT", "/profile/username", { username: long("V") }],
            ])
                assert.equal((await ask(owner.page, method, path, body)).status, 200);
            await ask(owner.page, "POST", `/organizations/${(await placeOf(owner.page)).organizationId}/invitations`, { invitations: [{ email: address("nan"), role: "admin" }] });
            await ask(owner.page, "POST", `/keys?project_id=${(await placeOf(owner.page)).projectId}`);
            await owner.page.setViewportSize({ width: 360, height: 740 });
            const place = new URL(owner.page.url()).pathname.replace(/settings.*$/, "");
            const pages = ["", ...["organization", "members", "projects", "keys", "account"].map((name) => `settings/${name}`)];
            for (const name of pages) {
                await owner.go(place + name);
                await owner.page.getByRole("heading", { level: 1 }).waitFor();
                await owner.page.waitForLoadState("networkidle");
                await isAccessible(owner.page, `${name} on a narrow screen`);
            }
            await owner.page.emulateMedia({ colorScheme: "dark" });
            await owner.page.setViewportSize({ width: 1280, height: 800 });
            for (const name of pages) {
                await owner.go(place + name);
                await owner.page.getByRole("heading", { level: 1 }).waitFor();
                await owner.page.waitForLoadState("networkidle");
                await isAccessible(owner.page, `${name} in the dark`);
            }
        },
    }),
);
