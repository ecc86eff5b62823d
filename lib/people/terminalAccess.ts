import type { Core, PersonActor } from "../ctx";
import { preparedRead } from "../db";
import { Refusal } from "../errors";
import type { AccessClaims } from "../tokens/signer";
import { findClient, type TerminalScope } from "./clients";
import { actorOf } from "./person";
import { restAudience } from "./terminalTokens";

/** The person at a terminal, and what they let it do. */
export interface TerminalCaller {
  readonly person: PersonActor;
  readonly scope: TerminalScope;
}

const FIND = `select p.id, p.name, p.email, p.role from people p
  where p.id = $1 and p.status = 'active'
  and exists (select 1 from refresh_tokens r where r.family_id = $2 and r.person_id = p.id and r.client_id = $3
    and r.revoked_at is null and r.family_ends_at > $5)
  and not exists (select 1 from ended_tokens e where e.jti = $4)`;

type Found = Parameters<typeof actorOf>[0];

/**
 * Who a terminal's access token belongs to, at the REST API. Takes `core`: nobody is known yet. Person and terminal are asked of the
 * database with every request: who was suspended or signed out everywhere, and a terminal that was signed out, get nothing more.
 *
 * Refuses `invalid_token`: for a token that is dead, in one sentence for every cause.
 */
export async function authenticateTerminal(core: Core, token: string): Promise<TerminalCaller> {
  const claims = await core.signer.verify(token, restAudience(core), core.clock.now());
  const person = await terminalPerson(core, claims);
  if (!person) {
    throw new Refusal("invalid_token", "This terminal is signed out. Sign in again.", { reason: "terminal_ended" });
  }
  return { person: actorOf(person, "token"), scope: claims.scope === "valet:all" ? "valet:all" : "valet:read" };
}

/** The person of a verified token while it, its terminal and they are in good standing; null otherwise. */
export async function terminalPerson(core: Core, claims: AccessClaims): Promise<Found | null> {
  if (!claims.sid || !findClient(claims.client_id)) return null;
  const values = [claims.sub, claims.sid, claims.client_id, claims.jti, core.clock.now()];
  const [person] = await preparedRead<Found>(core.db, "terminal_person", FIND, values);
  return person ?? null;
}
