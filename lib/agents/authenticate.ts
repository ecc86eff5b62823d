import { OWNER_STATUS } from "../activity/stands";
import type { AgentActor, Core } from "../ctx";
import { isId } from "../ids";
import type { PersonStatus } from "../people/person";
import { type Recall, readNow } from "../recall";
import { hashSecret, secretKind } from "../tokens/secret";
import { isKnownWrong, noteWrong } from "./knownWrong";
import { noteCredentialUse, TOUCH_SECONDS } from "./lastUsed";
import { notProved, refuseProof } from "./notProved";

/** The agent, and whether it and one of its owners are in good standing: the caller refuses, so that the refusal has its row. */
export interface ProvedAgent extends AgentActor {
  readonly credentialId: string;
  readonly status: "active" | "paused";
  readonly ownerStatus: PersonStatus;
}

export interface AgentProof {
  readonly clientId: string;
  readonly clientSecret: string;
}

type Found = Omit<ProvedAgent, "kind"> & {
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly secretsBanned: boolean;
};

const FIND = `
  SELECT c.hash AS key, c.id AS "credentialId", c.last_used_at AS "lastUsedAt", a.id AS "agentId", a.name, a.owner_id AS "ownerId", a.status, ${OWNER_STATUS} AS "ownerStatus",
    c.revoked_at AS "revokedAt", c.expires_at AS "expiresAt", coalesce(i.secrets_banned, false) AS "secretsBanned",
    c.xmin::text AS "v:agent_credentials", a.xmin::text AS "v:agents", i.xmin::text AS "v:instance"
  FROM agent_credentials c JOIN agents a ON a.id = c.agent_id JOIN people o ON o.id = a.owner_id LEFT JOIN instance i ON i.id = 1
  WHERE c.hash = ANY($1) AND c.kind = 'secret'`;

/**
 * Proves an agent by its secret. Takes `core`: nobody is known yet.
 *
 * The shape and the checksum are looked at first, so that noise never reaches the database; the secret is found by its SHA-256, so that time
 * tells nothing of it. Refuses with `invalid_client`, the same for every cause, and with `too_many_requests` after thirty wrong secrets
 * for one client id in a minute. A right secret always passes: a stranger who knows the id cannot shut the agent out.
 * One that was right once, or is banned, leaves its cause in the ledger.
 *
 * @param recall reads now, if it is not said otherwise. What it remembers proves nobody wrongly, since the gate compares; it refuses nobody at all.
 */
export async function authenticateAgent(
  core: Core,
  { clientId, clientSecret }: AgentProof,
  recall: Recall = readNow(core.db),
): Promise<ProvedAgent> {
  if (!isId("agt", clientId) || secretKind(clientSecret) !== "agt") throw notProved("secret");
  const hash = hashSecret(clientSecret);
  // The same guess again is no further guess: it is neither looked for nor counted.
  if (isKnownWrong(core, hash)) throw notProved("secret");
  const found = await findByHash(core, hash, recall);
  if (!found) noteWrong(core, hash);
  if (found?.agentId !== clientId) return refuseProof(core, "secret", clientId);
  const { agentId, name, ownerId, credentialId, status, ownerStatus } = found;
  const reason = whyNot(found, core.clock.now());
  if (reason) return refuseProof(core, "secret", clientId, { reason, agentId, agentName: name, credentialId });
  // What is remembered of it has changed by that.
  const proved = { kind: "agent" as const, agentId, name, ownerId, credentialId, status, ownerStatus };
  if (!(await noteCredentialUse(core, found))) return { ...proved, provedUntil: provedUntil(found, core.clock.now()) };
  await findByHash(core, hash, readNow(core.db));
  return proved;
}

/** The secret's own end, or when its use is to be noted again. */
function provedUntil({ expiresAt, lastUsedAt }: Found, now: Date): Date {
  const noteDue = (lastUsedAt ?? now).getTime() + TOUCH_SECONDS * 1000;
  return new Date(Math.min(noteDue, expiresAt?.getTime() ?? noteDue));
}

async function findByHash(core: Core, hash: string, recall: Recall): Promise<Readonly<Found> | null> {
  const found = await recall<Found>("authenticate_agent", FIND, hash);
  return found && whyNot(found, core.clock.now()) ? readNow(core.db)<Found>("authenticate_agent", FIND, hash) : found;
}

function whyNot({ revokedAt, expiresAt, secretsBanned }: Found, now: Date): string | null {
  if (revokedAt) return "credential_revoked";
  if (expiresAt && expiresAt <= now) return "credential_ended";
  return secretsBanned ? "secrets_banned" : null;
}
