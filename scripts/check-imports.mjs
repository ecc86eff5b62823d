// Holds every import to the rules in import-rules.mjs, and finds circles: part of `npm run check`.
import { projectFiles, ROOT } from "./files.mjs";
import { DOORS, FREE, RULES } from "./import-rules.mjs";
import { findCircles, judgeImports } from "./imports.mjs";

const files = projectFiles().filter((path) => /^(lib|app|e2e|cli\/src|client|server|proxy|refresher).*\.tsx?$/.test(path));
const breaches = judgeImports(ROOT, files, { rules: RULES, free: FREE, doors: DOORS });
const circles = findCircles(ROOT, files).map((circle) => `${circle}: nothing imports itself in a circle`);
for (const text of [...breaches, ...circles]) console.error(text);
if (breaches.length + circles.length > 0) process.exit(1);
console.log(`${files.length} files keep ${RULES.length} rules.`);
