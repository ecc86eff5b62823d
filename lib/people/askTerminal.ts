import { change } from "../activity/change";
import { asActor, type Core } from "../ctx";
import { newId } from "../ids";
import { hashSecret, randomText } from "../tokens/secret";
import { newUserCode, showUserCode } from "../tokens/userCode";
import { readScope, requireClient } from "./clients";

export const CODE_SECONDS = 600;
export const INTERVAL_SECONDS = 5;

export interface AskTerminalInput {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The network address it comes from: shown to whoever confirms. */
  readonly address: string;
  readonly requestId?: string | undefined;
}

export interface TerminalCodes {
  /** 256 bits, for the terminal alone. */
  readonly deviceCode: string;
  /** For the person to read and type: `WDJB-MJHT`. */
  readonly userCode: string;
}

/**
 * Begins a sign-in at a terminal. Takes `core`: nobody is known yet. Both codes are kept as digests, for ten minutes.
 *
 * Refuses `invalid_client` for a client that is not one of people's own, `invalid_scope`, and `too_many_requests` after thirty from an
 * address in a quarter of an hour. RFC 8628 section 3.1.
 */
export async function askTerminal(core: Core, input: AskTerminalInput): Promise<TerminalCodes> {
  const client = requireClient(input.clientId);
  const scope = readScope(input.scopes);
  await core.limits.take("terminal_ask", input.address);
  const [deviceCode, userCode, createdAt] = [randomText(), newUserCode(), core.clock.now()];
  const system = asActor(core, { kind: "system", name: "Sign-in" } as const, input.requestId);
  await change(system, "terminal.ask", async (tx, row) => {
    row.target = `${client.name}, from ${input.address}`;
    await tx.deviceCode.create({
      data: {
        id: newId("dev", createdAt),
        clientId: client.id,
        deviceHash: hashSecret(deviceCode),
        userCodeHash: hashUserCode(core, userCode),
        scopes: [scope],
        address: input.address,
        interval: INTERVAL_SECONDS,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + CODE_SECONDS * 1000),
      },
    });
  });
  return { deviceCode, userCode: showUserCode(userCode) };
}

/** Keyed: eight letters alone could be tried one by one by who reads the database. */
export function hashUserCode(core: Pick<Core, "vault">, code: string): string {
  return hashSecret(`${core.vault.derive("user-code")} ${code}`);
}
