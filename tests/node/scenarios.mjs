// Runs scenarios one after the other, and prints the result of each as a line of JSON for the test that started it.
export async function run(scenarios) {
    let failed = false;
    for (const [name, scenario] of Object.entries(scenarios)) {
        let problem = null;
        try {
            await Promise.race([scenario(), pause(LIMIT_MS).then(() => Promise.reject(new Error(`not finished after ${LIMIT_MS} ms`)))]);
        } catch (error) {
            problem = error.stack ?? String(error);
            failed = true;
        }
        console.log(JSON.stringify({ name, problem }));
    }
    process.exit(failed ? 1 : 0);
}

const LIMIT_MS = 120_000; // of one scenario
let count = 0;
export const PASSWORD = "Str0ng!pass1";
export const address = (name) => `${name}-${process.pid}-${count++}@browser.example`;
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// The body of a sign-up or sign-in as the library takes it.
export const form = (email, password = PASSWORD) => ({
    formFields: [
        { id: "email", value: email },
        { id: "password", value: password },
    ],
});
