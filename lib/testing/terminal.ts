import type { PersonCtx } from "../ctx";
import { askTerminal } from "../people/askTerminal";
import type { TerminalScope } from "../people/clients";
import { decideTerminal } from "../people/decideTerminal";
import { pollTerminal } from "../people/pollTerminal";
import type { TerminalTokens } from "../people/terminalTokens";

export const CLI = "valet-cli";
export const ADDRESS = "192.0.2.1";

/** A terminal that this person let in, with its first tokens. */
export async function signInAtTerminal(ctx: PersonCtx, scope: TerminalScope = "valet:all"): Promise<TerminalTokens> {
  const { deviceCode, userCode } = await askTerminal(ctx, { clientId: CLI, scopes: [scope], address: ADDRESS });
  await decideTerminal(ctx, { userCode, address: ADDRESS, decision: "allow" });
  return pollTerminal(ctx, { clientId: CLI, deviceCode });
}
