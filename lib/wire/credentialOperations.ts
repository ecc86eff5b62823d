import { z } from "zod";
import { addAgentKey } from "../agents/addKey";
import { addAgentSecret } from "../agents/addSecret";
import { listCredentials } from "../agents/listCredentials";
import { revokeCredential } from "../agents/revokeCredential";
import { OVERLAPS, type Overlap, rotateCredential } from "../agents/rotateCredential";
import { readSecretsPolicy, setSecretsBanned } from "../agents/secretsPolicy";
import type { PersonCtx } from "../ctx";
import { Refusal } from "../errors";
import { listSigningKeys } from "../signing/list";
import { rotateSigningKey } from "../signing/rotate";
import { type Operation, operation } from "./rest";

const id = z.string().max(60);
const name = z.string().max(200).optional();
/** A JWK may come as it is, and not only as text. */
const publicKey = z
  .union([z.string().max(10_000), z.record(z.string(), z.unknown()).transform((jwk) => JSON.stringify(jwk))])
  .describe("A public JWK, or SPKI as PEM.");
const OVERLAP_NAMES = Object.keys(OVERLAPS) as [Overlap, ...Overlap[]];

/** How agents prove themselves, what an admin allows, and the keys that sign Valet's own tokens. */
export const credentialOperations: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/api/v1/agents/{agent_id}/credentials",
    id: "listCredentials",
    summary: "What proves an agent: secrets, keys and workloads",
    input: z.strictObject({ agentId: id }),
    run: async (ctx, input) => ({ data: await listCredentials(ctx, input) }),
    status: 200,
    answers: "`data`: credentials, each with its state, last use and end. Never a secret.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/agents/{agent_id}/credentials",
    id: "addCredential",
    summary: "Give an agent a key of its own (its public half), or one more secret",
    input: z.strictObject({ agentId: id, kind: z.enum(["key", "secret"]), name, publicKey: publicKey.optional() }),
    run: async (ctx, { kind, publicKey: key, ...input }) => {
      if (kind === "secret" && key !== undefined) throw keyBeside();
      const made = kind === "key" ? await addAgentKey(ctx, { ...input, publicKey: key ?? "" }) : await addAgentSecret(ctx, input);
      return { ...made, credential: await oneCredential(ctx, input.agentId, made.credentialId) };
    },
    status: 201,
    answers: "The `credential`; for a secret its `client_secret`, this once.",
  }),
  operation({
    method: "DELETE",
    path: "/api/v1/agents/{agent_id}/credentials/{credential_id}",
    id: "revokeCredential",
    summary: "Revoke a credential: the next proof by it is refused. The last one that works stays",
    input: z.strictObject({ agentId: id, credentialId: id }),
    run: async (ctx, input) => {
      await revokeCredential(ctx, input);
      return { credential: await oneCredential(ctx, input.agentId, input.credentialId) };
    },
    status: 200,
    answers: "The `credential`, revoked.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/agents/{agent_id}/credentials/{credential_id}/rotate",
    id: "rotateCredential",
    summary: "Put a new secret or key in the place of one; the one before ends after the overlap",
    input: z.strictObject({
      agentId: id,
      credentialId: id,
      overlap: z.enum(OVERLAP_NAMES).default("24h"),
      publicKey: publicKey.optional(),
    }),
    run: async (ctx, input) => {
      const made = await rotateCredential(ctx, input);
      return { ...made, credential: await oneCredential(ctx, input.agentId, made.credentialId) };
    },
    status: 201,
    answers: "The new `credential`, `before_ends_at`, and for a secret its `client_secret`, this once.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/policy",
    id: "readPolicy",
    summary: "Whether secrets are banned, and whom a ban leaves without a credential (admins and auditors)",
    input: z.strictObject({}),
    run: readSecretsPolicy,
    status: 200,
    answers: "`secrets_banned`, and `proved_by_secrets_alone`: the agents that nothing proves once it is true.",
  }),
  operation({
    method: "PUT",
    path: "/api/v1/policy",
    id: "setPolicy",
    summary: "Ban secrets, or allow them again (admins)",
    input: z.strictObject({ secretsBanned: z.boolean() }),
    run: async (ctx, input) => setSecretsBanned(ctx, input).then(() => readSecretsPolicy(ctx)),
    status: 200,
    answers: "The policy as it is now.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/signing-keys",
    id: "listSigningKeys",
    summary: "The keys that sign Valet's tokens (admins and auditors)",
    input: z.strictObject({}),
    run: async (ctx) => ({ data: await listSigningKeys(ctx) }),
    status: 200,
    answers: "`data`: keys, newest first: next, current, previous, retired.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/signing-keys/rotate",
    id: "rotateSigningKey",
    summary: "Publish the next signing key; it signs ten minutes later (admins)",
    input: z.strictObject({}),
    run: (ctx) => rotateSigningKey(ctx),
    status: 201,
    answers: "The key's `kid`, and `active_from`.",
  }),
];

function keyBeside(): Refusal {
  return new Refusal("invalid_request", "A secret has no public key. Send kind key, or leave public_key out.", {
    reason: "public_key_beside",
  });
}

async function oneCredential(ctx: PersonCtx, agentId: string, credentialId: string) {
  return (await listCredentials(ctx, { agentId })).find(({ id: one }) => one === credentialId) ?? null;
}
