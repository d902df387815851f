// Opens a page in new browsers, once with nothing kept and once again: console.mjs URL TRIES CHROMIUM [FLAG...]
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../tests/node/package.json", import.meta.url))("playwright-core");
const [url, tries, executablePath, ...args] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args });
const found = { files: 0, bytes: 0, first: [], second: [] };

// The moment at which there is a field to write into, counted from the beginning of the navigation.
const watch = () => {
    const look = () => document.querySelector("form input") && (window.usable ??= performance.now());
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
};

for (let i = 0; i < Number(tries); i++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(watch);
    for (const times of [found.first, found.second]) {
        await page.goto(url);
        await page.locator("form input").first().waitFor();
        times.push(await page.evaluate(() => window.usable));
        if (times === found.first) {
            const sizes = await page.evaluate(() =>
                performance.getEntries().filter((each) => "transferSize" in each).map((each) => each.transferSize));
            found.files = sizes.length;
            found.bytes = sizes.reduce((sum, size) => sum + size, 0);
        }
    }
    await context.close();
}
await browser.close();
console.log(JSON.stringify(found));
