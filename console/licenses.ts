// Collects the licences of the npm packages that are in the built console, in licenses.txt next to its files.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import type { Plugin } from "vite";

// Text that comes with the program itself, in addition to the console.
const OF_THE_PROGRAM = "../src/policy/common_passwords.LICENSE";
const RULE = "-".repeat(80);

/** The folder of the package that a module is in; null for our own modules and those that the bundler made. */
function packageOf(id: string): string | null {
  const path = id.replace(/^\0/, "").replace(/\?.*$/, "");
  if (!path.includes(`${sep}node_modules${sep}`) || !existsSync(path)) return null;
  for (let folder = dirname(path); !folder.endsWith(`${sep}node_modules`); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    // folders inside a package may have a package.json that only sets the type of its modules
    if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version) return folder;
  }
  return null;
}

/** The texts of a package's licence and notice files. */
function textsOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8").trim());
}

function describe(folder: string): { name: string; text: string } {
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const license = about.license?.type ?? about.license;
  if (!license) throw new Error(`${about.name} does not say its licence: it cannot be in the console`);
  const author = about.author?.name ?? about.author;
  const texts = textsOf(folder);
  const lines = [`${about.name} ${about.version}`, `License: ${license}`];
  if (texts.length === 0) lines.push(`Its package holds no text of the licence.${author ? ` Author: ${author}` : ""}`);
  return { name: about.name, text: [lines.join("\n"), ...texts].join("\n\n") };
}

export function licenses(): Plugin {
  return {
    name: "licenses",
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const piece of Object.values(bundle)) {
        if (piece.type !== "chunk") continue;
        for (const id of Object.keys(piece.modules)) {
          const folder = packageOf(id);
          if (folder) folders.add(folder);
        }
      }
      const packages = [...folders].map(describe).sort((a, b) => (a.text < b.text ? -1 : 1));
      const texts = [
        "orgd contains software and data of others. Their licences follow.",
        readFileSync(OF_THE_PROGRAM, "utf8").trim(),
        ...packages.map((each) => each.text),
      ];
      this.emitFile({ type: "asset", fileName: "licenses.txt", source: `${texts.join(`\n\n${RULE}\n\n`)}\n` });
    },
  };
}
