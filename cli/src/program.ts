import { Command } from "commander";
import { addActivity } from "./commands/activity.ts";
import { addAgents } from "./commands/agents.ts";
import { addCompletion } from "./commands/completion.ts";
import { addConnect } from "./commands/connect.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addGcpAdc } from "./commands/gcpAdc.ts";
import { addGitCredential } from "./commands/gitCredential.ts";
import { addGrants } from "./commands/grants.ts";
import { addLogin } from "./commands/login.ts";
import { addLogout } from "./commands/logout.ts";
import { addMcpHeaders } from "./commands/mcpHeaders.ts";
import { addRun } from "./commands/run.ts";
import { addToken } from "./commands/token.ts";
import { addWhoami } from "./commands/whoami.ts";
import type { Context } from "./context.ts";

/** By the build, from package.json. */
declare const VALET_CLI_VERSION: string;

const COMMANDS = [
  ...[addLogin, addLogout, addWhoami, addConnect, addAgents, addGrants, addActivity],
  ...[addToken, addRun, addGitCredential, addGcpAdc, addMcpHeaders, addDoctor, addCompletion],
];

/** Every command, with what it needs in its hand. */
export function createProgram(context: Context): Command {
  const program = new Command("valet")
    .description("Lend an agent a narrower key, run it, and see whose hand it was in.")
    .version(VALET_CLI_VERSION, "--version", "print the version")
    .helpOption("--help", "print help")
    .helpCommand(false)
    .option("--url <origin>", "the Valet that is meant (VALET_URL)")
    .option("--json", "data as JSON")
    .exitOverride()
    .configureOutput({ writeErr: (text) => void (context.options?.json || process.stderr.write(text)) })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("Add --help for what it takes.")
    .hook("preAction", (_program, action) => {
      context.options = action.optsWithGlobals();
    });
  for (const add of COMMANDS) add(program, context);
  return program;
}
