// `npm run backup -- <file>` and `npm run restore -- <file>`. Plain Node at the top; the work is in dist/backup.mjs.
import { installIfNeeded, requireNode } from "./install.mjs";

requireNode();
await installIfNeeded();
const { buildIfNeeded } = await import("./build.mjs");
if (!(await buildIfNeeded())) process.exit(1);
await import("../dist/backup.mjs");
