import { change, touch } from "../activity/change";
import { asActor, type Core } from "../ctx";
import type { Tx } from "../db";
import { Refusal } from "../errors";
import type { DeviceCode } from "../generated/prisma/client";
import { hashSecret } from "../tokens/secret";
import { INTERVAL_SECONDS } from "./askTerminal";
import { requireClient, type TerminalScope } from "./clients";
import { actorOf } from "./person";
import { holdActivePerson } from "./terminals";
import { familyEnd, issueTokens, type TerminalTokens } from "./terminalTokens";

export interface PollInput {
  readonly clientId: string;
  readonly deviceCode: string;
  readonly requestId?: string | undefined;
}

/**
 * A terminal asks whether it was let in; once it was, its code is spent for the first tokens. Takes `core`: the code is the proof.
 *
 * Refuses as RFC 8628 section 3.5 names it: `authorization_pending`, `slow_down`, `expired_token`, `access_denied`; and `invalid_code`
 * for a code that is unknown, spent, or another client's.
 */
export async function pollTerminal(core: Core, input: PollInput): Promise<TerminalTokens> {
  const client = requireClient(input.clientId);
  const found = await core.db.deviceCode.findUnique({ where: { deviceHash: hashSecret(input.deviceCode) } });
  if (found?.clientId !== client.id) throw unknownCode();
  if (found.status === "denied") throw new Refusal("access_denied", "The person turned this terminal away.", { reason: "denied" });
  if (found.status === "redeemed") throw unknownCode();
  if (found.expiresAt <= core.clock.now()) throw new Refusal("expired_token", "The code has ended. Start the sign-in anew.");
  if (found.status === "pending") throw await stillPending(core, found);
  return redeem(core, found, client.name, input.requestId);
}

/** Whether it came too early is decided where it is written, so that parallel questions count each other. */
async function stillPending(core: Core, { id }: DeviceCode): Promise<Refusal> {
  const now = core.clock.now();
  let asked: { readonly interval: number; readonly early: boolean } | undefined;
  await touch(core, async (tx) => {
    [asked] = await tx.$queryRaw<{ interval: number; early: boolean }[]>`
      UPDATE device_codes d SET last_polled_at = ${now}, interval = d.interval + CASE WHEN was.early THEN ${INTERVAL_SECONDS}::int ELSE 0 END
      FROM (SELECT id, coalesce(last_polled_at + make_interval(secs => interval) > ${now}, false) AS early
        FROM device_codes WHERE id = ${id} FOR UPDATE) was
      WHERE d.id = was.id RETURNING d.interval, was.early`;
  });
  if (!asked) return new Refusal("unavailable", "The code could not be looked at. Ask again.", { retryAfterSeconds: INTERVAL_SECONDS });
  const facts = { interval: asked.interval };
  if (asked.early) return new Refusal("slow_down", `Wait ${asked.interval} seconds between two questions.`, { facts });
  return new Refusal("authorization_pending", "Nobody has decided about this terminal yet.", { facts });
}

/** The row itself says who was first: of any number of questions at once, one finds it approved. */
async function redeem(core: Core, found: DeviceCode, clientName: string, requestId: string | undefined): Promise<TerminalTokens> {
  const { personId } = found;
  const person = personId ? await core.db.person.findUnique({ where: { id: personId } }) : null;
  if (!person) throw unknownCode();
  return change(asActor(core, actorOf(person, "token"), requestId), "terminal.sign_in", async (tx, row) => {
    row.target = `${clientName}, from ${found.address}`;
    row.scopes = found.scopes;
    if (!(await holdActivePerson(tx, person.id))) throw unknownCode();
    await spend(tx, found);
    const held = found.scopes[0] as TerminalScope;
    const family = { familyId: null, personId: person.id, clientId: found.clientId, held, endsAt: familyEnd(core.clock.now()) };
    return issueTokens(core, tx, family, held);
  });
}

async function spend(tx: Tx, { id }: DeviceCode): Promise<void> {
  const { count } = await tx.deviceCode.updateMany({ where: { id, status: "approved" }, data: { status: "redeemed" } });
  if (count === 0) throw unknownCode();
}

function unknownCode(): Refusal {
  return new Refusal("invalid_code", "This device code is unknown, or was used. Start the sign-in anew.", {
    reason: "device_code_unknown",
  });
}
