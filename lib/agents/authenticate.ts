import { touch } from "../activity/change";
import { OWNER_STATUS } from "../activity/stands";
import type { AgentActor, Core } from "../ctx";
import { preparedRead } from "../db";
import { Refusal } from "../errors";
import { isId } from "../ids";
import type { PersonStatus } from "../people/person";
import { hashSecret, secretKind } from "../tokens/secret";

const TOUCH_SECONDS = 60;

/** The agent, and whether it and one of its owners are in good standing: the caller refuses, so that the refusal has its row. */
export interface ProvedAgent extends AgentActor {
  readonly status: "active" | "paused";
  readonly ownerStatus: PersonStatus;
}

export interface AgentProof {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What was shown, and when it last was. */
export interface ShownCredential {
  readonly credentialId: string;
  readonly lastUsedAt: Date | null;
}

type Found = ProvedAgent & ShownCredential;

const FIND = `
  SELECT c.id AS "credentialId", c.last_used_at AS "lastUsedAt", a.id AS "agentId", a.name, a.owner_id AS "ownerId", a.status, ${OWNER_STATUS} AS "ownerStatus"
  FROM agent_credentials c JOIN agents a ON a.id = c.agent_id JOIN people o ON o.id = a.owner_id
  WHERE c.hash = $1 AND c.agent_id = $2 AND c.kind = 'secret' AND c.revoked_at IS NULL`;

/**
 * Proves an agent by its secret. Takes `core`: nobody is known yet.
 *
 * The shape and the checksum are looked at first, so that noise never reaches the database; the secret is found by its SHA-256, so that time
 * tells nothing of it. Refuses with `invalid_client`, the same for every cause, and with `too_many_requests` after thirty wrong secrets
 * for one client id in a minute. A right secret always passes: a stranger who knows the id cannot shut the agent out.
 */
export async function authenticateAgent(core: Core, { clientId, clientSecret }: AgentProof): Promise<ProvedAgent> {
  if (!isId("agt", clientId) || secretKind(clientSecret) !== "agt") throw notProved();
  const [found] = await preparedRead<Found>(core.db, "authenticate_agent", FIND, [hashSecret(clientSecret), clientId]);
  if (!found) return refuse(core, clientId);
  await touchCredential(core, found);
  const { agentId, name, ownerId, credentialId, status, ownerStatus } = found;
  return { kind: "agent", agentId, name, ownerId, credentialId, status, ownerStatus };
}

async function refuse(core: Core, clientId: string): Promise<never> {
  await core.limits.take("agent_proof", clientId);
  throw notProved();
}

/** Notes when a credential was last used, at most once a minute. */
export async function touchCredential(core: Core, { credentialId, lastUsedAt }: ShownCredential): Promise<void> {
  const now = core.clock.now();
  if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < TOUCH_SECONDS * 1000) return;
  await touch(core, (tx) => tx.agentCredential.update({ where: { id: credentialId }, data: { lastUsedAt: now } }));
}

function notProved(): Refusal {
  return new Refusal("invalid_client", "The agent could not be proved. Check client_id and client_secret.");
}
