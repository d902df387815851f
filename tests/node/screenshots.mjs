// Takes the pictures for the documents; tools/screenshots starts it, with a server over a database that was upgraded.
import { ask, placeOf, somebody, somebodyNew, switcher } from "./console.mjs";

const { ADMIN_KEY, FILES, IMAGES } = process.env;
const size = { viewport: { width: 1280, height: 800 } };

async function shoot(page, name) {
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.activeElement?.blur());
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${IMAGES}/${name}.png` });
}

async function made(answer) {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
}

async function fill(page) {
    const { organizationId, workspaceId, projectId } = await placeOf(page);
    await made(ask(page, "PATCH", `/organizations/${organizationId}`, { name: "Acme Research" }));
    await made(ask(page, "PATCH", `/projects/${projectId}`, { name: "Search" }));
    for (const name of ["Support", "Translations"]) await made(ask(page, "POST", `/projects?workspace_id=${workspaceId}`, { name }));
    const invitations = ["ben@acme.example", "carla@acme.example"].map((email, index) => ({ email, role: ["admin", "viewer"][index] }));
    await made(ask(page, "POST", `/organizations/${organizationId}/invitations`, { invitations }));
    await made(ask(page, "POST", "/organizations", { name: "Field Notes" }));
    return `/w/${workspaceId}/p/${projectId}`;
}

async function pagesForEverybody() {
    const { page, go } = await somebodyNew("ann@acme.example", size);
    const project = await fill(page);
    for (const [path, name] of [["", "overview"], ["/settings/members", "members"]]) {
        await go(project + path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.waitForLoadState("networkidle");
        await shoot(page, name);
    }
    await go(project);
    await page.waitForLoadState("networkidle");
    await switcher(page).click();
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${IMAGES}/switcher.png` });
}

async function signInPage() {
    const { page, go } = await somebody({ ...size, colorScheme: "dark" });
    await go("/auth");
    await page.getByLabel("E-mail address").waitFor();
    await shoot(page, "sign-in-dark");
}

async function pagesForTheOperator() {
    const { page, go } = await somebody(size);
    await go("/operator/access");
    await page.getByLabel("Administration key").fill(ADMIN_KEY);
    await page.getByRole("button", { name: /Open$/ }).click();
    await page.getByRole("heading", { name: "Explain an address" }).waitFor();
    await shoot(page, "operator-access");
    await page.getByRole("link", { name: "Upgrade" }).click();
    await page.getByRole("heading", { name: "Kept in the archive" }).waitFor();
    await shoot(page, "operator-upgrade");
    await page.getByRole("link", { name: "Schema parity" }).click();
    await page.getByRole("radio", { name: "Dump file" }).nth(1).check();
    for (const [side, name] of ["a.txt", "b.txt"].entries()) await page.locator("input[type=file]").nth(side).setInputFiles(`${FILES}/${name}`);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("A is a subset of B").waitFor();
    await shoot(page, "operator-schema");
}

await pagesForEverybody();
await signInPage();
await pagesForTheOperator();
process.exit(0);
