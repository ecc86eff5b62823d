// `npm run cli-docs`: writes docs/cli.md from what the command itself says; `--check` as part of `npm run check`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildCli } from "../cli/build.mjs";

const PAGE = join(import.meta.dirname, "../docs/cli.md");
const WIDTH = 120;

const INTRODUCTION = `# The valet command

Made from the command's own help by \`npm run cli-docs\`. What it is for, and where it keeps what: \`cli/README.md\`.

Data is on stdout and talk on stderr; \`--json\` makes all data JSON, and a failure one line of JSON on stderr. Where nobody sits at a
terminal, nothing is asked. \`NO_COLOR\` is heard. A secret is printed by the commands alone that are asked for one: \`token\`,
\`git-credential\`, \`mcp-headers\`, and \`agents create\` without \`--keep\`.

| exit code | is                                                       |
| --------- | -------------------------------------------------------- |
| 0         | done                                                     |
| 1         | it failed                                                |
| 2         | wrong usage                                              |
| 3         | somebody has to say yes, log in, or reconnect an account |
| 4         | Valet said no                                            |
| other     | \`valet run\` passes on the code of its program            |
`;

const page = [INTRODUCTION, ...(await sections())].join("\n");
if (!process.argv.includes("--check")) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, "utf8") !== page) {
  console.error("docs/cli.md is not what the command says. Run: npm run cli-docs");
  process.exitCode = 1;
}

async function sections() {
  const folder = mkdtempSync(join(tmpdir(), "valet-cli-docs-"));
  try {
    const { createProgram } = await import(pathToFileURL(await buildCli(join(folder, "program.mjs"), "program.ts")).href);
    return describe(createProgram({}), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A section per command; those that only hold others are passed through. */
function describe(command, before) {
  const path = [...before, command.name()];
  command.configureOutput({ getOutHelpWidth: () => WIDTH });
  const own = command.commands.length > 0 ? [] : [`## ${path.join(" ")}\n\n\`\`\`\n${help(command)}\n\`\`\`\n`];
  return [...own, ...command.commands.flatMap((one) => describe(one, path))];
}

/** Without what is the same everywhere. */
function help(command) {
  command.configureHelp({ showGlobalOptions: false, helpWidth: WIDTH });
  return command
    .helpInformation()
    .replace(/^ +--help .*\n/m, "")
    .replace(/\nOptions:\n$/, "")
    .trim();
}
