import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setAgentDpop } from "../agents/setDpop";
import { exchangeForm, type Lent, lend, send, type World, world } from "../testing/builders";
import { makeProof, newKey } from "../testing/proof";
import { TOKEN_GRANTS } from "./token";
import { TOKEN_EXCHANGE } from "./tokenExchange";

let here: World;
let lent: Lent;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway" });
});
afterAll(() => here.close());

/** A good request of each grant type, anew each time. `agent`: an agent asks, so its owner's word about keys holds. */
const GOOD: Readonly<Record<string, { readonly who: "agent" | "person"; readonly form: () => Promise<URLSearchParams> }>> = {
  [TOKEN_EXCHANGE]: { who: "agent", form: async () => exchangeForm(lent) },
};

const ask = (body: URLSearchParams, headers: Record<string, string> = {}) =>
  send(here.core, "/oauth/token", { method: "POST", body, headers });
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

it("every grant type of the token endpoint is held to what follows", () => {
  expect(Object.keys(GOOD).sort()).toEqual(Object.keys(TOKEN_GRANTS).sort());
});

describe.each(Object.entries(GOOD))("%s", (_, { who, form }) => {
  it("counts whoever proved themselves, and answers a bearer token that is bound to nothing", async () => {
    const answer = await ask(await form());
    const body = await answer.json();
    expect([answer.status, body.token_type, claimsOf(body.access_token).cnf]).toEqual([200, "Bearer", undefined]);
    expect(answer.headers.get("ratelimit")).toMatch(/^"client";r=\d+;t=\d+$/);
  });

  it("binds what it answers to the key that was proved", async () => {
    const key = await newKey();
    const answer = await ask(await form(), { dpop: await makeProof(here.core, key, { path: "/oauth/token" }) });
    const body = await answer.json();
    expect([answer.status, body.token_type, claimsOf(body.access_token).cnf]).toEqual([200, "DPoP", { jkt: key.jkt }]);
  });

  it("gives nothing without a key where one is required", async () => {
    const body = await form();
    await setAgentDpop(lent.owner, { agentId: lent.bot.agentId, dpop: "required" });
    const answer = await ask(body);
    await setAgentDpop(lent.owner, { agentId: lent.bot.agentId, dpop: "optional" });
    const told = await answer.json();
    expect([answer.status, told.reason]).toEqual(who === "agent" ? [400, "binding_required"] : [200, undefined]);
  });
});
