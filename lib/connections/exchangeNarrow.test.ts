import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { loadSaasClient } from "../setups/client";
import { bearer, type Lent, lend, type World, world } from "../testing/builders";
import { type LendInput, narrowInTurn } from "./lend";

/** The demo's SaaS, if it narrowed by exchange as Box does: no real one that we know may hand such a token out. */
const narrowing: Connector["tokens"]["narrowing"] = { how: "token_exchange", scopes: { "issues:read": ["issues:read"] } };
const PROFILE = { downscope: "rfc8693", downscopeTells: "truth", expiresIn: 600 } as const;

let here: World;
beforeAll(async () => {
  here = await world({ profile: PROFILE });
});
afterAll(() => here.close());
afterEach(() => here.saas.control.behave(PROFILE));

async function handed(lent: Lent, until: Partial<LendInput> = {}) {
  const client = await loadSaasClient(here.core, "demo");
  const connector = { ...client.connector, tokens: { ...client.connector.tokens, narrowing } };
  const handedUntil = new Date(here.core.clock.now().getTime() + 3_600_000);
  const whose = { grantId: lent.grantId, personId: lent.owner.actor.personId, connectionId: lent.connectionId, accountName: "ada" };
  const what = { by: "provider" as const, scopes: ["issues:read"], repositories: null, handedUntil, ...until };
  return narrowInTurn(here.core, { ...client, connector }, { ...whose, ...what });
}

const at = (token: string, method: string) => fetch(`${here.saas.url}/api/issues`, { method, headers: bearer(token) });

it("makes a token out of the account's that reads, and by which the SaaS refuses the write; the account's stays whole", async () => {
  const lent = await lend(here);
  const made = await handed(lent);
  if (typeof made === "string") throw new Error(made);
  expect([(await at(made.accessToken, "GET")).status, (await at(made.accessToken, "POST")).status]).toEqual([200, 403]);
  const connection = await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } });
  expect(connection.providerScopes).toContain("issues:write");
  expect(await handed(lent)).toEqual(made);
});

it("ends by the earlier of two ends: its own, and that of the token it was made from", async () => {
  const lent = await lend(here);
  here.saas.control.behave({ expiresIn: 3000 });
  expect(await handed(lent)).toMatchObject({ expiresAt: new Date(here.core.clock.now().getTime() + 600_000) });
  const other = await lend(here);
  here.saas.control.behave({ expiresIn: 120 });
  expect(await handed(other)).toMatchObject({ expiresAt: new Date(here.core.clock.now().getTime() + 120_000) });
});

it("is not handed out past the grant, nor asked for when it surely would be", async () => {
  const lent = await lend(here);
  const calls = here.saas.calls.length;
  expect(await handed(lent, { handedUntil: new Date(here.core.clock.now().getTime() + 599_000) })).toBe("outlives_grant");
  expect(here.saas.calls.length).toBe(calls);
});

it.each([
  ["wider", "wider_than_asked"],
  ["nothing", "scope_not_told"],
  ["no_end", "without_end"],
] as const)("is ended, and not handed out, when the answer is %s", async (downscopeTells, why) => {
  const lent = await lend(here);
  here.saas.control.behave({ downscopeTells });
  expect(await handed(lent)).toBe(why);
  expect(here.saas.control.tokens().at(-1)).toMatchObject({ standing: "ended" });
});
