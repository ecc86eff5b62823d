import { OWNER_STATUS } from "../activity/stands";
import type { Core } from "../ctx";
import { type Recall, readNow } from "../recall";
import { type AssertionKey, AssertionRefused, verifyAssertion } from "../tokens/assertion";
import { hashSecret } from "../tokens/secret";
import type { ProvedAgent } from "./authenticate";
import { noteCredentialUse } from "./lastUsed";
import { refuseProof } from "./notProved";

interface KeyProof {
  /** As the assertion says it. */
  readonly agentId: string;
  readonly assertion: string;
  /** What the request says beside it: it must be the same. */
  readonly clientId: string | null;
}

interface AgentKey extends AssertionKey {
  readonly credentialId: string;
}

/** Those that have ended too, so that the ledger can say so; those that live come first. */
const KEYS = `
  SELECT a.id AS key, (SELECT coalesce(json_agg(json_build_object('credentialId', c.id, 'publicJwk', c.public_jwk, 'thumbprint', c.thumbprint)), '[]')
    FROM (SELECT * FROM agent_credentials WHERE agent_id = a.id AND kind = 'key' AND revoked_at IS NULL
      ORDER BY expires_at DESC NULLS FIRST LIMIT 30) c) AS keys
  FROM agents a WHERE a.id = ANY($1)`;

type Found = Omit<ProvedAgent, "kind"> & {
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly expiresAt: Date | null;
};

const CREDENTIAL = `
  SELECT c.id AS key, c.id AS "credentialId", c.last_used_at AS "lastUsedAt", c.revoked_at AS "revokedAt", c.expires_at AS "expiresAt",
    a.id AS "agentId", a.name, a.owner_id AS "ownerId", a.status, ${OWNER_STATUS} AS "ownerStatus",
    c.xmin::text AS "v:agent_credentials", a.xmin::text AS "v:agents", i.xmin::text AS "v:instance"
  FROM agent_credentials c JOIN agents a ON a.id = c.agent_id JOIN people o ON o.id = a.owner_id LEFT JOIN instance i ON i.id = 1
  WHERE c.id = ANY($1)`;

/**
 * Proves an agent by an assertion that one of its keys signed: `private_key_jwt`. Each is taken once, by all processes together.
 *
 * Failed ones count like wrong secrets, and a right one always passes. Where the signature was right and the rest was not, the ledger
 * keeps why.
 *
 * @param recall reads now, if it is not said otherwise. What it remembers proves nobody wrongly, since the gate compares; it refuses nobody at all.
 */
export async function proveByKey(core: Core, proof: KeyProof, recall: Recall = readNow(core.db)): Promise<ProvedAgent> {
  const { jti, forgetAt, found } = await believeKey(core, proof, recall);
  if (!(await core.once.take("assertion", `${proof.agentId} ${hashSecret(jti)}`, forgetAt))) {
    return refuseProof(core, "assertion", proof.agentId, causeOf(found, "assertion_replayed"));
  }
  // What is remembered of it has changed by that.
  if (await noteCredentialUse(core, found)) await readNow(core.db)("credential", CREDENTIAL, found.credentialId);
  const { agentId, name, ownerId, credentialId, status, ownerStatus } = found;
  return { kind: "agent", agentId, name, ownerId, credentialId, status, ownerStatus };
}

/** The same by what is there now, of an assertion that was taken already. */
export async function proveKeyAgain(core: Core, proof: KeyProof): Promise<void> {
  await believeKey(core, proof, readNow(core.db));
}

async function believeKey(core: Core, { agentId, assertion, clientId }: KeyProof, recall: Recall) {
  if (clientId !== null && clientId !== agentId) return refuseProof(core, "assertion", agentId, "assertion_other_client");
  const verify = async (reading: Recall) => {
    const keys = (await reading<{ readonly keys: readonly AgentKey[] }>("keys_of_agent", KEYS, agentId))?.keys ?? [];
    return verifyAssertion(assertion, { clientId: agentId, audience: core.settings.publicUrl, keys, now: core.clock.now() });
  };
  const verified = await verify(recall)
    .catch(() => verify(readNow(core.db)))
    .catch((error: unknown) => refused(core, agentId, error));
  const found = await credentialOf(core, verified.key.credentialId, recall);
  // Taken away since its key was read.
  if (!found || found.revokedAt) return refuseProof(core, "assertion", agentId, "assertion_signature");
  if (hasEnded(found, core.clock.now())) return refuseProof(core, "assertion", agentId, causeOf(found, "credential_ended"));
  return { ...verified, found };
}

async function credentialOf(core: Core, credentialId: string, recall: Recall): Promise<Readonly<Found> | null> {
  const found = await recall<Found>("credential", CREDENTIAL, credentialId);
  const stands = found && !found.revokedAt && !hasEnded(found, core.clock.now());
  return stands ? found : readNow(core.db)<Found>("credential", CREDENTIAL, credentialId);
}

function hasEnded({ expiresAt }: Found, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

async function refused(core: Core, agentId: string, error: unknown): Promise<never> {
  if (!(error instanceof AssertionRefused)) throw error;
  const signer = error.signedBy as AgentKey | null;
  const found = signer && (await readNow(core.db)<Found>("credential", CREDENTIAL, signer.credentialId));
  return refuseProof(core, "assertion", agentId, found ? causeOf(found, error.fault) : error.fault);
}

function causeOf({ agentId, name, credentialId }: Found, reason: string) {
  return { reason, agentId, agentName: name, credentialId };
}
