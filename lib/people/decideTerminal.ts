import { change, recordRefusedChange } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { isRefusal, notFound, Refusal } from "../errors";
import type { DeviceCode } from "../generated/prisma/client";
import { readUserCode, showUserCode } from "../tokens/userCode";
import { hashUserCode } from "./askTerminal";
import { findClient, SCOPE_WORDS, type TerminalScope } from "./clients";

/** A terminal that waits for somebody to decide, as that person is shown it. */
export interface WaitingTerminal {
  readonly userCode: string;
  readonly clientName: string;
  /** The network address it asked from. */
  readonly address: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly scope: TerminalScope;
  /** What it will be able to do, as a sentence. */
  readonly words: string;
}

export interface UserCodeInput {
  readonly userCode: string;
  /** The network address that the person's browser has: wrong codes are counted by it too. */
  readonly address: string;
}

/**
 * The terminal that shows this code. Refuses `not_found` for a code that is unknown, spent or over, and `too_many_requests` after five
 * wrong ones by a person or twenty from an address in a quarter of an hour.
 */
export async function findWaitingTerminal(ctx: PersonCtx, input: UserCodeInput): Promise<WaitingTerminal> {
  const { code, found } = await lookUp(ctx, input);
  const scope = found.scopes[0] as TerminalScope;
  return {
    userCode: showUserCode(code),
    clientName: findClient(found.clientId)?.name ?? found.clientId,
    address: found.address,
    askedAt: found.createdAt,
    expiresAt: found.expiresAt,
    scope,
    words: SCOPE_WORDS[scope],
  };
}

/**
 * Lets a terminal in as this person, or turns it away; once. Only in the browser, where they were shown what they allow: RFC 8628
 * sections 3.3 and 5.4. Refuses as looking it up does.
 */
export async function decideTerminal(ctx: PersonCtx, input: UserCodeInput & { readonly decision: "allow" | "deny" }): Promise<void> {
  if (ctx.actor.via !== "browser") throw new Refusal("forbidden", "A terminal is let in on its page in the browser.");
  const { found } = await lookUp(ctx, input);
  await change(ctx, `terminal.${input.decision}`, async (tx, row) => {
    row.target = `${findClient(found.clientId)?.name ?? found.clientId}, from ${found.address}`;
    row.scopes = found.scopes;
    const { count } = await tx.deviceCode.updateMany({
      where: { id: found.id, status: "pending", expiresAt: { gt: ctx.clock.now() } },
      data: { status: input.decision === "allow" ? "approved" : "denied", personId: ctx.actor.personId },
    });
    if (count === 0) throw notFound("code");
  });
}

interface Found {
  readonly code: string;
  readonly found: DeviceCode;
}

/** Each try is counted before it is judged, so that parallel tries cannot pass together; a right one is not held against anybody. */
async function lookUp(ctx: PersonCtx, { userCode, address }: UserCodeInput): Promise<Found> {
  const { personId } = ctx.actor;
  try {
    await ctx.limits.take("user_code_person", personId);
    await ctx.limits.take("user_code_address", address);
    const code = readUserCode(userCode);
    const where = { status: "pending", expiresAt: { gt: ctx.clock.now() } };
    const found = code && (await ctx.db.deviceCode.findFirst({ where: { userCodeHash: hashUserCode(ctx, code), ...where } }));
    if (!code || !found) throw unknownCode();
    await ctx.limits.giveBack("user_code_person", personId);
    await ctx.limits.giveBack("user_code_address", address);
    return { code, found };
  } catch (error) {
    if (isRefusal(error)) await recordRefusedChange(ctx, "terminal.allow", { target: "A terminal, by a code" }, error);
    throw error;
  }
}

function unknownCode(): Refusal {
  return new Refusal("not_found", "No terminal waits with this code. Look at it again, or start anew at the terminal.", {
    reason: "user_code_unknown",
    fields: { user_code: "Type the eight letters that the terminal shows." },
  });
}
