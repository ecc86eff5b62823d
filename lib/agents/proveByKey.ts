import type { JWK } from "jose";
import { OWNER_STATUS } from "../activity/stands";
import type { Core } from "../ctx";
import { preparedRead } from "../db";
import { AssertionRefused, verifyAssertion } from "../tokens/assertion";
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

type Found = Omit<ProvedAgent, "kind"> & {
  readonly publicJwk: JWK;
  readonly thumbprint: string;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
};

/** Those that ended are found too, so that the ledger can say so; those that live come first. */
const FIND = `
  SELECT c.id AS "credentialId", c.last_used_at AS "lastUsedAt", a.id AS "agentId", a.name, a.owner_id AS "ownerId", a.status, ${OWNER_STATUS} AS "ownerStatus",
    c.expires_at AS "expiresAt", c.public_jwk AS "publicJwk", c.thumbprint
  FROM agent_credentials c JOIN agents a ON a.id = c.agent_id JOIN people o ON o.id = a.owner_id
  WHERE c.agent_id = $1 AND c.kind = 'key' AND c.revoked_at IS NULL
  ORDER BY c.expires_at DESC NULLS FIRST LIMIT 30`;

/**
 * Proves an agent by an assertion that one of its keys signed: `private_key_jwt`. Each is taken once, by all processes together.
 *
 * Failed ones count like wrong secrets, and a right one always passes. Where the signature was right and the rest was not, the ledger
 * keeps why.
 */
export async function proveByKey(core: Core, { agentId, assertion, clientId }: KeyProof): Promise<ProvedAgent> {
  if (clientId !== null && clientId !== agentId) return refuseProof(core, "assertion", agentId, "assertion_other_client");
  const keys = await preparedRead<Found>(core.db, "keys_of_agent", FIND, [agentId]);
  const now = core.clock.now();
  const expected = { clientId: agentId, audience: core.settings.publicUrl, keys, now };
  const verified = await verifyAssertion(assertion, expected).catch((error: unknown) => refused(core, agentId, keys, error));
  const { key, jti, forgetAt } = verified;
  if (key.expiresAt && key.expiresAt <= now) return refuseProof(core, "assertion", agentId, causeOf(key, "credential_ended"));
  if (!(await core.once.take("assertion", `${agentId} ${hashSecret(jti)}`, forgetAt))) {
    return refuseProof(core, "assertion", agentId, causeOf(key, "assertion_replayed"));
  }
  await noteCredentialUse(core, key);
  const { name, ownerId, credentialId, status, ownerStatus } = key;
  return { kind: "agent", agentId, name, ownerId, credentialId, status, ownerStatus };
}

function refused(core: Core, agentId: string, keys: readonly Found[], error: unknown): Promise<never> {
  if (!(error instanceof AssertionRefused)) throw error;
  const key = keys.find(({ thumbprint }) => thumbprint === error.signedBy?.thumbprint);
  return refuseProof(core, "assertion", agentId, key ? causeOf(key, error.fault) : error.fault);
}

function causeOf({ agentId, name, credentialId }: Found, reason: string) {
  return { reason, agentId, agentName: name, credentialId };
}
