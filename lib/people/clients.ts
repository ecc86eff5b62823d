import { Refusal } from "../errors";

/** A program that people run themselves, as themselves. It can keep no secret, so it has none (RFC 6749 section 2.1). */
export interface PeoplesClient {
  readonly id: string;
  readonly name: string;
}

/** Every one there is. Another is a row. */
const CLIENTS: readonly PeoplesClient[] = [{ id: "valet-cli", name: "Valet CLI" }];

/** What a terminal may be let do, smallest first. */
export const TERMINAL_SCOPES = ["valet:read", "valet:all"] as const;
export type TerminalScope = (typeof TERMINAL_SCOPES)[number];

/** What each means, for whoever is asked to allow it. */
export const SCOPE_WORDS: Record<TerminalScope, string> = {
  "valet:read": "See everything that you can see in Valet. It can change nothing.",
  "valet:all": "Do everything that you can do through Valet's API: connect, lend, revoke, and what your role allows.",
};

export function findClient(id: string): PeoplesClient | undefined {
  return CLIENTS.find((one) => one.id === id);
}

/** @throws Refusal `invalid_client` for any id that is not one of people's own clients. */
export function requireClient(id: string): PeoplesClient {
  const client = findClient(id);
  if (!client) throw new Refusal("invalid_client", "This is not a client that people sign in with. Check client_id.");
  return client;
}

/**
 * The one scope that a list of scopes comes to: `valet:all` holds the other. Nothing asked is all there is to ask.
 *
 * @param held what may be asked at most.
 * @throws Refusal `invalid_scope` beyond that.
 */
export function readScope(asked: readonly string[], held: TerminalScope = "valet:all"): TerminalScope {
  const within: readonly string[] = held === "valet:all" ? TERMINAL_SCOPES : [held];
  if (asked.some((scope) => !within.includes(scope))) {
    throw new Refusal("invalid_scope", `Ask for ${within.join(" or ")}, or leave scope out.`, { reason: "scope_unknown" });
  }
  if (asked.length === 0) return held;
  return asked.includes("valet:all") ? "valet:all" : "valet:read";
}
