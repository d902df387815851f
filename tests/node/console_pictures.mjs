// Takes the pictures of the documents: console_pictures.mjs URL CHROMIUM [FLAG...], into the folder PICTURES, from a server without mail.
import { fileURLToPath } from "node:url";
import { ask, linkIn, placeOf, shows, somebody, somebodyNew, switcher } from "./console.mjs";

const folder = process.env.PICTURES;
const settle = (page) => page.waitForLoadState("networkidle").then(() => page.mouse.move(1200, 780));
const take = async (page, name) => {
    await settle(page);
    const path = `${folder}/console-${name}`;
    // a gradient takes ten times the space as PNG
    await page.screenshot(name === "sign-in" ? { path: `${path}.jpg`, type: "jpeg", quality: 82 } : { path: `${path}.png` });
};
const rename = (page, username) => ask(page, "PUT", "/profile/username", { username });

const nobody = await somebody();
await nobody.go("/auth");
await nobody.page.getByLabel("E-mail address").waitFor();
await take(nobody.page, "sign-in");

const ann = await somebodyNew("ann.lee@acme.example");
await rename(ann.page, "Ann Lee");
const { organizationId } = await placeOf(ann.page);
await ask(ann.page, "PATCH", `/organizations/${organizationId}`, { name: "Acme Research" });
for (const name of ["Beta Labs", "Gamma Works"]) await ask(ann.page, "POST", "/organizations", { name });
const { projectId, workspaceId } = await placeOf(ann.page);
await ask(ann.page, "POST", `/projects?workspace_id=${workspaceId}`, { name: "Search" });
for (let count = 0; count < 2; count++) await ask(ann.page, "POST", `/keys?project_id=${projectId}`);
const people = { bob: "Bob Marsh", cleo: "Cleo Okafor", dev: "Dev Patel", eva: "Eva Lind", finn: null, gil: null };
const { body: invitations } = await ask(ann.page, "POST", `/organizations/${organizationId}/invitations`, {
    invitations: Object.keys(people).map((name, index) => ({ email: `${name}@acme.example`, role: index % 3 ? "admin" : "viewer" })),
});
for (const { email, url } of invitations) {
    const name = people[email.split("@")[0]];
    if (!name) continue;
    const guest = await somebodyNew(email);
    await rename(guest.page, name);
    await guest.go(linkIn(url));
    await guest.page.getByRole("button", { name: "Accept invitation" }).click();
    await shows(guest.page, "Acme Research");
    await guest.context.close();
}
await ann.page.reload();
await shows(ann.page, "Acme Research");
await switcher(ann.page).click();
await take(ann.page, "switcher");
await ann.page.keyboard.press("Escape");
await ann.go(`/w/${workspaceId}/p/${projectId}/settings/members`);
await ann.page.getByRole("heading", { name: "Members" }).waitFor();
await take(ann.page, "members");
await ann.page.emulateMedia({ colorScheme: "dark" });
await ann.go(`/w/${workspaceId}/p/${projectId}`);
await ann.page.getByRole("heading", { name: /Welcome/ }).waitFor();
await take(ann.page, "dark");
await ann.page.emulateMedia({ colorScheme: "light" });
await ann.page.setViewportSize({ width: 360, height: 740 });
await ann.go(`/w/${workspaceId}/p/${projectId}/settings/members`);
await ann.page.getByRole("heading", { name: "Members" }).waitFor();
await take(ann.page, "narrow");

const operator = await somebody();
await operator.go("/operator/access");
await operator.page.getByLabel("Administration key").fill(process.env.ADMIN_KEY);
await operator.page.getByRole("button", { name: /Open$/ }).click();
await operator.page.getByRole("heading", { name: "Explain an address" }).waitFor();
await take(operator.page, "access");
await operator.go("/operator/upgrade");
await operator.page.getByRole("img", { name: "orgd: now at" }).waitFor();
await take(operator.page, "upgrade");
await operator.go("/operator/schema");
await operator.page.getByRole("radio", { name: "Dump file" }).nth(1).check();
for (const [side, edition] of ["oss", "ee"].entries())
    await operator.page
        .locator("input[type=file]")
        .nth(side)
        .setInputFiles(fileURLToPath(new URL(`../reference/schema/${edition}_core.v0.104.0.txt`, import.meta.url)));
await operator.page.getByRole("button", { name: "Compare" }).click();
await operator.page.getByText("A is a subset of B").waitFor();
await take(operator.page, "schema");
process.exit(0);
