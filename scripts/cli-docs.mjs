// `npm run cli-docs`: writes docs/cli.md, and what /docs/command shows, from what the command itself says; `--check` as part of
// `npm run check`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildCli } from "../cli/build.mjs";

const PAGE = join(import.meta.dirname, "../docs/cli.md");
const DATA = join(import.meta.dirname, "../lib/wire/docs/commands.json");
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

const commands = leaves(await theProgram(), []);
const written = {
  [PAGE]: [INTRODUCTION, ...commands.map(section)].join("\n"),
  [DATA]: `${JSON.stringify(commands.map(entry), null, 2)}\n`,
};
for (const [path, text] of Object.entries(written)) {
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(`${basename(path)} is not what the command says. Run: npm run cli-docs`);
    process.exitCode = 1;
  }
}

async function theProgram() {
  const folder = mkdtempSync(join(tmpdir(), "valet-cli-docs-"));
  try {
    const { createProgram } = await import(pathToFileURL(await buildCli(join(folder, "program.mjs"), "program.ts")).href);
    return createProgram({});
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every command that does something; those that only hold others are passed through. */
function leaves(command, before) {
  const path = [...before, command.name()];
  command.configureOutput({ getOutHelpWidth: () => WIDTH });
  return command.commands.length > 0 ? command.commands.flatMap((one) => leaves(one, path)) : [{ path, command }];
}

function section({ path, command }) {
  return `## ${path.join(" ")}\n\n\`\`\`\n${help(command)}\n\`\`\`\n`;
}

/** The same for the page: what it is called, what it does, and each of its words. */
function entry({ path, command }) {
  const helper = command.createHelp();
  return {
    name: path.join(" "),
    usage: helper.commandUsage(command),
    does: command.description(),
    takes: [
      ...command.registeredArguments.map((one) => ({ term: helper.argumentTerm(one), says: helper.argumentDescription(one) })),
      ...command.options.map((one) => ({ term: helper.optionTerm(one), says: helper.optionDescription(one) })),
    ],
  };
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
