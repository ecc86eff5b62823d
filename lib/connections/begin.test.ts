import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { setUpConnector } from "../setups/setUp";
import { BROWSER, connect, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { hashSecret } from "../tokens/secret";
import { beginConnection } from "./begin";
import { places } from "./places";

let here: World;
let ada: PersonCtx;
beforeAll(async () => {
  here = await world();
  ada = await person(here.core);
});
afterAll(() => here.close());

async function begin(input: { scopes?: string[]; connectionId?: string } = {}): Promise<URLSearchParams> {
  const { authorizeUrl } = await beginConnection(ada, { connector: "demo", browserSecret: BROWSER, ...input });
  return new URL(authorizeUrl).searchParams;
}

const attemptOf = (query: URLSearchParams) =>
  here.core.db.connectAttempt.findUniqueOrThrow({ where: { stateHash: hashSecret(query.get("state") ?? "") } });

describe("somebody who begins to connect an account", () => {
  it("is sent to the SaaS with PKCE S256, a fresh state and the connector's own redirect address", async () => {
    const query = await begin({ scopes: ["issues:read"] });
    const attempt = await attemptOf(query);
    const verifier = here.core.vault.open("passing", places.verifier(attempt.id), attempt.sealedVerifier);
    expect(Object.fromEntries(query)).toEqual({
      response_type: "code",
      client_id: "valet",
      redirect_uri: "http://valet.test/connect/demo/callback",
      state: expect.stringMatching(/^[\w-]{43}$/),
      // The profile is asked for always: without it the SaaS does not say whose account it is.
      scope: "profile:read issues:read",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    });
    expect((await begin()).get("state")).not.toBe(query.get("state"));
  });

  it("leaves an attempt for ten minutes, bound to the person, the browser and the connector, with no secret in plain", async () => {
    const { result: query, left } = await watchRows(here.core, () => begin({ scopes: ["files:read", "issues:read"] }));
    const attempt = await attemptOf(query);
    expect(attempt).toMatchObject({
      personId: ada.actor.personId,
      browserHash: hashSecret(BROWSER),
      connector: "demo",
      connectionId: null,
      scopes: ["profile:read", "issues:read", "files:read"],
      takenAt: null,
    });
    expect(attempt.expiresAt.getTime() - attempt.createdAt.getTime()).toBe(600_000);
    expect(JSON.stringify(attempt)).not.toContain(query.get("state"));
    const { personId } = ada.actor;
    const row = { event: "connection.begin", acting: "person", personId, ownerId: personId, connector: "demo", target: "Demo Tracker" };
    expect(left).toMatchObject([{ ...row, decision: "allowed", scopes: ["profile:read", "issues:read", "files:read"] }]);
  });

  it("asks for nothing that writes unless they chose it", async () => {
    expect((await begin()).get("scope")).toBe("profile:read issues:read files:read");
  });

  it("asks again for what the connection held when they reconnect", async () => {
    const connectionId = await connect(ada, { scopes: ["profile:read", "issues:write"] });
    expect((await begin({ connectionId })).get("scope")).toBe("profile:read issues:write");
  });

  it("is refused a permission that the connector does not have, or that only Valet's gateway knows", async () => {
    for (const scope of ["repo", "issues:comment"]) {
      expect(await refusalOf(begin({ scopes: ["issues:read", scope] }))).toMatchObject({
        code: "invalid_scope",
        reason: "scope_unknown",
        message: `Demo Tracker has no permission "${scope}". Choose from the list.`,
      });
    }
  });

  it("is refused somebody else's connection in the words of one that is not there", async () => {
    const theirs = await connect(await person(here.core), { login: "linus" });
    for (const connectionId of [theirs, "con_01kjpt2v000000000000000000"]) {
      expect(await refusalOf(begin({ connectionId }))).toMatchObject({
        code: "not_found",
        message: "There is no such connection, or it is not yours.",
      });
    }
  });

  it("is refused a connector that nobody knows, that is not set up, or that was switched off", async () => {
    const at = (connector: string) => refusalOf(beginConnection(ada, { connector, browserSecret: BROWSER }));
    expect(await at("nowhere")).toMatchObject({
      code: "not_found",
      message: "There is no such connector. See the list on the Connections page.",
    });
    const off = { code: "not_found", reason: "connector_off", message: "Slack is not switched on here. Ask an admin to set it up." };
    expect(await at("slack")).toMatchObject(off);
    await setUpConnector(here.admin, { connector: "slack", clientId: "valet", clientSecret: "s", enabled: false });
    expect(await at("slack")).toMatchObject(off);
  });
});
