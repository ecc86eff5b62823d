import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { assertion, instanceRecord, newPair } from "../testing/agentKey";
import { apiToken, bearer, send } from "../testing/builders";
import { person, type TestCore, testCore } from "../testing/core";

let core: TestCore;
let ada: PersonCtx;
let token: string;
beforeAll(async () => {
  core = await testCore();
  await instanceRecord(core);
  ada = await person(core);
  token = await apiToken(ada);
});
afterAll(() => core.close());

async function ask(method: string, path: string, body?: unknown, by = token) {
  core.clock.advance({ milliseconds: 1 });
  const headers = { ...bearer(by), ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const answer = await send(core, `/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const register = async () =>
  (await ask("POST", "/agents", { name: "Bot", purpose: "Has credentials" })).body as { id: string; client_secret: string };

describe("a script manages what proves its person's agent", () => {
  it("adds a key as a JWK or as PEM, rotates the secret, revokes what it needs no more, and lists all of it without a secret", async () => {
    const bot = await register();
    const [jwk, pem] = [await newPair(), await newPair("Ed25519")];
    const at = `/agents/${bot.id}/credentials`;
    const added = await ask("POST", at, { kind: "key", name: "CI", public_key: jwk.publicJwk });
    expect(added).toMatchObject({ status: 201, body: { credential: { kind: "key", name: "CI", state: "live", expires_at: null } } });
    expect(await ask("POST", at, { kind: "key", public_key: pem.spki })).toMatchObject({ status: 201 });
    const more = await ask("POST", at, { kind: "secret", name: "laptop" });
    expect(more).toMatchObject({
      status: 201,
      body: { client_secret: expect.stringMatching(/^vlt_agt_/), credential: { kind: "secret" } },
    });
    const rotated = await ask("POST", `${at}/${more.body.credential_id}/rotate`, { overlap: "1h" });
    expect(rotated).toMatchObject({
      status: 201,
      body: { client_secret: expect.stringMatching(/^vlt_agt_/), before_ends_at: expect.any(String) },
    });
    expect(await ask("DELETE", `${at}/${added.body.credential_id}`)).toMatchObject({
      status: 200,
      body: { credential: { state: "revoked" } },
    });
    const listed = await ask("GET", at);
    expect((listed.body.data as { state: string }[]).map(({ state }) => state).sort()).toEqual(["live", "live", "live", "live", "revoked"]);
    for (const secret of [bot.client_secret, more.body.client_secret, rotated.body.client_secret]) {
      expect(JSON.stringify(listed)).not.toContain(secret);
    }
  });

  it("is told what is wrong with what it sent, and nothing of it is repeated", async () => {
    const bot = await register();
    const { privateJwk, publicJwk } = await newPair();
    const at = `/agents/${bot.id}/credentials`;
    const refused = await ask("POST", at, { kind: "key", public_key: privateJwk });
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid_request", reason: "private_key" } });
    expect(JSON.stringify([refused, core.log.lines])).not.toContain(privateJwk.d);
    expect(await ask("POST", at, { kind: "key" })).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect(await ask("POST", at, { kind: "secret", public_key: publicJwk })).toMatchObject({
      status: 400,
      body: { reason: "public_key_beside" },
    });
    const [only] = (await ask("GET", at)).body.data as { id: string }[];
    expect(await ask("DELETE", `${at}/${only?.id}`)).toMatchObject({ status: 409, body: { reason: "last_credential" } });
  });
});

describe("an admin's script", () => {
  it("bans secrets: an agent is then registered without one, and a key gets it in", async () => {
    const admin = await apiToken(await person(core, { role: "admin" }));
    await register();
    const before = await ask("GET", "/policy", undefined, admin);
    expect(before).toMatchObject({
      status: 200,
      body: { secrets_banned: false, proved_by_secrets_alone: expect.arrayContaining([expect.anything()]) },
    });
    expect(await ask("PUT", "/policy", { secrets_banned: true })).toMatchObject({ status: 403 });
    expect(await ask("PUT", "/policy", { secrets_banned: true }, admin)).toMatchObject({ status: 200, body: { secrets_banned: true } });
    const made = await ask("POST", "/agents", { name: "Keyed", purpose: "Has a key" });
    const id = String(made.body.id);
    expect(made).toMatchObject({
      status: 201,
      body: { client_id: id, client_secret: null, next: `Secrets are banned here: add a key with POST /api/v1/agents/${id}/credentials.` },
    });
    const pair = await newPair();
    await ask("POST", `/agents/${id}/credentials`, { kind: "key", public_key: pair.publicJwk });
    expect(await ask("PUT", "/policy", { secrets_banned: false }, admin)).toMatchObject({ status: 200, body: { secrets_banned: false } });
    const form = { grant_type: "urn:ietf:params:oauth:grant-type:token-exchange", subject_token: "grt_none" };
    const proof = {
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await assertion(core, id, pair),
    };
    const body = new URLSearchParams({ ...form, subject_token_type: "urn:valet:params:oauth:token-type:grant", ...proof });
    // Proved: what is refused is the grant.
    expect(await (await send(core, "/oauth/token", { method: "POST", body })).json()).toMatchObject({ reason: "grant_unknown" });
  });

  it("sees the signing keys and not their private halves", async () => {
    const admin = await apiToken(await person(core, { role: "admin" }));
    const made = await ask("POST", "/signing-keys/rotate", {}, admin);
    expect(made).toMatchObject({ status: 201, body: { kid: expect.any(String), active_from: expect.any(String) } });
    const listed = await ask("GET", "/signing-keys", undefined, admin);
    expect(listed).toMatchObject({ status: 200, body: { data: [{ kid: made.body.kid, state: "next", algorithm: "ES256" }] } });
    expect(await ask("POST", "/signing-keys/rotate", {}, admin)).toMatchObject({ status: 409, body: { reason: "key_waiting" } });
    expect(await ask("GET", "/signing-keys")).toMatchObject({ status: 403 });
  });
});
