import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setAgentDpop } from "../agents/setDpop";
import { askTerminal } from "../people/askTerminal";
import { decideTerminal } from "../people/decideTerminal";
import { exchangeForm, type Lent, lend, send, type World, world } from "../testing/builders";
import { TEST_ISSUER } from "../testing/core";
import { makeProof, newKey } from "../testing/proof";
import { ADDRESS, CLI, signInAtTerminal } from "../testing/terminal";
import { CLIENT_CREDENTIALS } from "./clientCredentials";
import { DEVICE_CODE, REFRESH_TOKEN } from "./terminalGrants";
import { TOKEN_GRANTS } from "./token";
import { TOKEN_EXCHANGE } from "./tokenExchange";

let here: World;
let lent: Lent;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway" });
});
afterAll(() => here.close());

interface Good {
  /** `agent`: an agent asks, so its owner's word about keys holds. `terminal`: a person's own client, whose tokens are bearer tokens. */
  readonly who: "agent" | "terminal";
  readonly form: () => Promise<URLSearchParams>;
}

/** A good request of each grant type, anew each time. */
const GOOD: Readonly<Record<string, Good>> = {
  [TOKEN_EXCHANGE]: { who: "agent", form: async () => exchangeForm(lent) },
  [CLIENT_CREDENTIALS]: {
    who: "agent",
    form: async () => {
      const { clientId: client_id, clientSecret: client_secret } = lent.bot;
      return new URLSearchParams({ grant_type: CLIENT_CREDENTIALS, client_id, client_secret, resource: TEST_ISSUER });
    },
  },
  [DEVICE_CODE]: {
    who: "terminal",
    form: async () => {
      const { deviceCode, userCode } = await askTerminal(here.core, { clientId: CLI, scopes: ["valet:all"], address: ADDRESS });
      await decideTerminal(lent.owner, { userCode, address: ADDRESS, decision: "allow" });
      return new URLSearchParams({ grant_type: DEVICE_CODE, client_id: CLI, device_code: deviceCode });
    },
  },
  [REFRESH_TOKEN]: {
    who: "terminal",
    form: async () => {
      const { refreshToken } = await signInAtTerminal(lent.owner);
      return new URLSearchParams({ grant_type: REFRESH_TOKEN, client_id: CLI, refresh_token: refreshToken });
    },
  },
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
    // A terminal is slowed by its own interval, and its refresh token works once.
    if (who === "agent") expect(answer.headers.get("ratelimit")).toMatch(/^"client";r=\d+;t=\d+$/);
  });

  it("binds what it answers to the key that was proved, or gives nothing", async () => {
    const key = await newKey();
    const answer = await ask(await form(), { dpop: await makeProof(here.core, key, { path: "/oauth/token" }) });
    const body = await answer.json();
    if (who === "terminal") return expect([answer.status, body.reason]).toEqual([400, "terminal_unbound"]);
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
