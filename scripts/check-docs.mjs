// Every file that a document names must exist: part of `npm run check`.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFiles, ROOT } from "./files.mjs";

const DOCUMENT = /^([A-Z]+\.md|docs\/.*\.md)$/;
const TOP = new Set(projectFiles().map((path) => path.split("/")[0]));
/** Made on the machine, or by the build. */
const MADE = /^(\.valet|dist|node_modules|\.next|lib\/generated)(\/|$)|[*<>{}$ ]/;

const gone = projectFiles()
  .filter((path) => DOCUMENT.test(path))
  .flatMap((path) => namedFiles(path).map((named) => [path, named]))
  .filter(([, named]) => !existsSync(join(ROOT, named)));

/** Words in backticks that begin with a folder or a file of the project. */
function namedFiles(document) {
  const text = readFileSync(join(ROOT, document), "utf8").replace(/^```[\s\S]*?^```/gm, "");
  const words = [...text.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word.replace(/(:\d+|#.*)$/, "").replace(/\/$/, ""));
  return words.filter((word) => TOP.has(word.split("/")[0]) && /[/.]/.test(word) && !MADE.test(word));
}

for (const [path, named] of gone) console.error(`${path} names ${named}, which does not exist.`);
if (gone.length > 0) process.exitCode = 1;
