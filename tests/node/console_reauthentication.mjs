// Changes that need a recent sign-in, in the console: console_reauthentication.mjs URL CHROMIUM [FLAG...]
// The server asks again after AGE seconds.
import assert from "node:assert/strict";
import { ask, closing, isAccessible, placeOf, somebodyNew, switcher } from "./console.mjs";
import { address, PASSWORD, pause, run } from "./scenarios.mjs";

const AGE = Number(process.env.AGE);
const dialog = (page) => page.getByRole("dialog");

async function openKeys(page) {
    await switcher(page).waitFor();
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await page.getByRole("link", { name: "API keys", exact: true }).first().click();
    await page.getByRole("heading", { level: 1, name: "API keys" }).waitFor();
}

await run(
    closing({
        async "a change asks for the password and then continues"() {
            const { page } = await somebodyNew(address("ann"));
            await openKeys(page);
            await pause((AGE + 1) * 1000);
            await page.getByRole("button", { name: "New key" }).click();
            await dialog(page).getByText("Confirm that it is you").waitFor();
            await isAccessible(page, "asking for the password, with a busy button behind");
            await dialog(page).getByLabel("Password", { exact: true }).fill("Wr0ng!password");
            await dialog(page).getByRole("button", { name: "Continue" }).click();
            await dialog(page).getByText("The password is wrong.").waitFor();
            await dialog(page).getByLabel("Password", { exact: true }).fill(PASSWORD);
            await dialog(page).getByRole("button", { name: "Continue" }).click();
            await dialog(page).getByText("Your new key").waitFor();
        },

        async "cancelling changes nothing, and a new sign-in allows the change"() {
            const { page } = await somebodyNew(address("bob"));
            await openKeys(page);
            await pause((AGE + 1) * 1000);
            await page.getByRole("button", { name: "New key" }).click();
            await dialog(page).getByRole("button", { name: "Cancel" }).click();
            await page.getByText("Confirm that it is you: give your password", { exact: false }).waitFor();
            await page.getByText("You have no keys for this project.").waitFor();
            await page.getByRole("button", { name: "New key" }).click();
            await dialog(page).getByRole("button", { name: "Sign in again" }).click();
            await page.waitForURL(/\/auth/);
        },

        async "all keys are deleted at once"() {
            const { page } = await somebodyNew(address("carl"));
            const { projectId } = await placeOf(page);
            for (let count = 0; count < 2; count++) assert.equal((await ask(page, "POST", `/keys?project_id=${projectId}`)).status, 200);
            await openKeys(page);
            await page.getByRole("button", { name: "Delete all my keys" }).click();
            await isAccessible(page, "ending all keys");
            await dialog(page).getByRole("button", { name: "Delete all my keys" }).click();
            await page.getByText("2 keys were deleted.").waitFor();
            await page.getByText("You have no keys for this project.").waitFor();
        },
    }),
);
