import { Refusal } from "../errors";

/**
 * Whose authority a grant spends. `delegated`: a person's. `own`: the platform's or the bot's, for which no person stands. `shared_key`: that
 * of a pasted key, which says nobody's name.
 */
export const PATTERNS = ["delegated", "own", "shared_key"] as const;
export type Pattern = (typeof PATTERNS)[number];

/** The column is text. */
export function readPattern(pattern: string): Pattern {
  const known = PATTERNS.find((one) => one === pattern);
  if (!known) throw new Error("A grant has a pattern that nobody knows.");
  return known;
}

/**
 * The pattern of what is lent from an account. A shared key decides it by itself; `own` is an admin's word that the account belongs to nobody
 * in person. Pure.
 *
 * @throws Refusal `forbidden` (`own_needs_admin`), `invalid_request` (`pattern_of_shared_key`).
 */
export function choosePattern(
  role: string,
  account: { readonly keyEndsAt: Date | null },
  wished: "delegated" | "own" | undefined,
): Pattern {
  if (account.keyEndsAt) {
    if (wished === undefined) return "shared_key";
    throw new Refusal("invalid_request", "This account is a shared key: what is lent from it says so, and nothing else.", {
      reason: "pattern_of_shared_key",
      next: "Leave the pattern out.",
    });
  }
  if (wished !== "own" || role === "admin") return wished ?? "delegated";
  throw new Refusal("forbidden", "Only an admin may say that an account belongs to the platform and not to a person.", {
    reason: "own_needs_admin",
    next: "Lend it on your own authority, or ask an admin who connected it.",
  });
}

/** Whose authority it is, in a sentence for the person who lends. */
export function phraseAuthority(pattern: Pattern, { agentName, accountName }: { agentName: string; accountName: string }): string {
  switch (pattern) {
    case "delegated":
      return `${agentName} acts on your authority: the record names you, and the agent as the hand.`;
    case "own":
      return `${agentName} acts on its own authority: ${accountName} belongs to the platform or the bot, you say, and to no person. The record names no person; you stay responsible for the account.`;
    case "shared_key":
      return `${agentName} acts by a shared key: whoever else has it does so too, and ${accountName} cannot tell them apart. The record names you, because you recorded it.`;
  }
}

/** What a shared key wears wherever it is shown, to people and to programs. */
export function sharedKeyWarning(endsAt: Date): string {
  return `Shared key: whoever has a copy of it can use it without Valet, and the service cannot tell who did. It ends here on ${endsAt.toISOString().slice(0, 10)}. Replace it by a connected account.`;
}
