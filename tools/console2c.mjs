// Turns the built console into C: node console2c.mjs DIST OUTPUT.c OUTPUT.bin
//
// OUTPUT.bin has the files one after the other, as they are and compressed; OUTPUT.c takes it in and has the table of
// src/console/files.h. index.html is kept apart, with the places of the nonce.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const NONCE = "orgd-nonce-placeholder";
const TYPES = {
    css: "text/css; charset=utf-8",
    ico: "image/x-icon",
    js: "text/javascript; charset=utf-8",
    json: "application/json",
    png: "image/png",
    svg: "image/svg+xml",
    txt: "text/plain; charset=utf-8",
    webmanifest: "application/manifest+json",
    woff2: "font/woff2",
};
const [dist, codePath, dataPath] = process.argv.slice(2);

function fail(sentence) {
    console.error(`console2c: ${sentence}`);
    process.exit(1);
}

function compress(plain) {
    const packed = [
        gzipSync(plain, { level: 9 }),
        brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }),
    ];
    return [plain, ...packed.map((each) => (each.length < plain.length ? each : null))];
}

const chunks = [];
let offset = 0;
function append(bytes) {
    if (!bytes) return "{0}";
    chunks.push(bytes);
    offset += bytes.length;
    return `{console_data + ${offset - bytes.length}, ${bytes.length}}`;
}

const walk = (folder) =>
    readdirSync(join(dist, folder), { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? walk(`${folder}${entry.name}/`) : `${folder}${entry.name}`);
const names = walk("");
const rows = [];
let index = null;
// By bytes, as strcmp sorts.
for (const name of names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const content = readFileSync(join(dist, name));
    if (name === "index.html") {
        index = content;
        continue;
    }
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
    if (!type || !/^[\w./-]+$/.test(name)) fail(`${name}: what type of file is that? TYPES in tools/console2c.mjs has them.`);
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 32);
    const bytes = compress(content).map(append).join(",\n      ");
    rows.push(`    {"/${name}", "${type}", "${hash}", ${name.startsWith("assets/")},\n     {${bytes}}},\n`);
}
if (!index) fail(`${dist} has no index.html.`);
const nonces = [];
for (let at = index.indexOf(NONCE); at >= 0; at = index.indexOf(NONCE, at + 1)) nonces.push(at);
if (nonces.length === 0) fail("index.html has no place for the nonce.");
const indexBytes = [...index].map((byte) => (byte < 128 ? byte : byte - 256));

writeFileSync(dataPath, Buffer.concat(chunks));
writeFileSync(
    codePath,
    `/* The files of the console; generated. */
#include "console/files.h"

extern const char console_data[];
__asm__(".pushsection .rodata\\n"
        "console_data:\\n"
        ".incbin ${JSON.stringify(JSON.stringify(dataPath)).slice(1, -1)}\\n"
        ".popsection\\n");

const struct console_file console_files[] = {
${rows.join("")}};
const size_t console_file_count = ${rows.length};
const char console_index[] = {${indexBytes.join(",")}};
const size_t console_index_len = ${indexBytes.length};
const size_t console_nonces[] = {${nonces.join(", ")}};
const size_t console_nonce_count = ${nonces.length};
_Static_assert(CONSOLE_NONCE_LEN == ${NONCE.length}, "the placeholder is as long as a nonce");
`,
);
