import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setUpConnector } from "../setups/setUp";
import { accessToken, apiToken, call, connect, type Lent, lend, send, type World, watchRows, world } from "../testing/builders";
import { type RefusedCall, refusedCalls } from "../testing/gateway";
import { person } from "../testing/people";
import { newSecret } from "../tokens/secret";

let here: World;
let lent: Lent;
let token: string;
let refused: RefusedCall;
beforeAll(async () => {
  here = await world();
  await setUpConnector(here.admin, { connector: "github", clientId: "valet", clientSecret: "s" });
  lent = await lend(here, { delivery: "gateway", scopes: ["profile:read", "issues:read", "files:read", "issues:comment"] });
  token = await accessToken(here.core, lent);
  refused = refusedCalls(here, lent);
});
afterAll(() => here.close());

describe("a token", () => {
  const NOBODY = null;
  const read = (bearerToken: string, path = "/api/issues", headers = {}) => call(here.core, bearerToken, path, { headers });

  it("is refused at another connector's gateway", async () => {
    const headers = { authorization: `Bearer ${token}` };
    await refused(() => send(here.core, "/proxy/github/user", { headers }), 401, "invalid_token", "token_elsewhere", NOBODY);
  });

  it("is refused when it is missing, tampered with, forged, or not ours, and nobody is blamed for it", async () => {
    const [head, body, signature] = token.split(".") as [string, string, string];
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
    const spell = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "test" }).sign(Buffer.alloc(32, 7));
    const tampered = [
      `${head}.${spell({ ...claims, scope: "issues:write" })}.${signature}`,
      `${head}.${spell({ ...claims, exp: 9_999_999_999 })}.${signature}`,
      `${spell({ alg: "none", typ: "at+jwt" })}.${body}.`,
      `${spell({ alg: "HS256", typ: "at+jwt", kid: "test" })}.${body}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      forged,
      "eyJhbGciOiJub25lIn0.e30.",
      lent.bot.clientSecret,
      lent.grantId,
    ];
    for (const bad of tampered) await refused(() => read(bad), 401, "invalid_token", "token_unknown", NOBODY);
    await refused(() => send(here.core, "/proxy/demo/api/issues"), 401, "invalid_token", "token_missing", NOBODY);
    const query = `/proxy/demo/api/issues?access_token=${token}`;
    await refused(() => send(here.core, query), 401, "invalid_token", "token_missing", NOBODY);
  });

  it("may not be worn as another kind of token", async () => {
    const now = here.core.clock.now();
    const claims = {
      sub: lent.owner.actor.personId,
      aud: "http://valet.test/proxy/demo",
      client_id: lent.bot.agentId,
      jti: "x",
      scope: "issues:read",
      connection_id: lent.connectionId,
    };
    const own = await here.core.signer.sign(claims, now, new Date(now.getTime() + 60_000));
    const [, body] = own.split(".") as [string, string];
    expect(JSON.parse(Buffer.from(body, "base64url").toString())).toMatchObject({ iss: "http://valet.test" });
    const stranger = await here.core.signer.sign(
      { ...claims, sub: "per_01kjpt2v000000000000000000" },
      now,
      new Date(now.getTime() + 60_000),
    );
    await refused(() => read(stranger), 401, "invalid_token", "token_unknown", NOBODY);
    const otherAgent = await here.core.signer.sign(
      { ...claims, act: { sub: "agt_01kjpt2v000000000000000000" }, grant_id: lent.grantId },
      now,
      new Date(now.getTime() + 60_000),
    );
    await refused(() => read(otherAgent), 401, "invalid_token", "token_unknown", NOBODY);
  });

  it("of a person reaches their own account, and the row says person", async () => {
    const pat = await apiToken(lent.owner);
    const { result, left } = await watchRows(here.core, () => read(pat, "/api/me"));
    expect(await result.json()).toMatchObject({ login: "ada" });
    const personId = lent.owner.actor.personId;
    expect(left.filter((row) => row.kind === "use")).toMatchObject([
      {
        acting: "person",
        personId,
        ownerId: personId,
        agentId: null,
        grantId: null,
        connectionId: lent.connectionId,
        pattern: "self",
        decision: "allowed",
      },
    ]);
  });

  it("of a person with two accounts has to say which one", async () => {
    const owner = await person(here.core);
    const [ada, linus] = [await connect(owner, { login: "ada" }), await connect(owner, { login: "linus" })];
    const pat = await apiToken(owner);
    const row = { acting: "person", agentId: null, personId: owner.actor.personId, grantId: null };
    await refused(() => read(pat, "/api/me"), 409, "conflict", "connection_ambiguous", row);
    for (const [id, login] of [
      [ada, "ada"],
      [linus, "linus"],
    ] as const) {
      expect(await (await read(pat, "/api/me", { "valet-connection": id })).json()).toMatchObject({ login });
    }
    for (const id of [lent.connectionId, "con_01kjpt2v000000000000000000", "x"]) {
      const body = await refused(() => read(pat, "/api/me", { "valet-connection": id }), 404, "not_found", "not_found", row);
      expect(body.detail).toBe("There is no such connection, or it is not yours.");
    }
  });

  it("of a person without an account there opens nothing, nor does an unknown API token", async () => {
    const owner = await person(here.core);
    const row = { acting: "person", agentId: null, personId: owner.actor.personId, grantId: null };
    const pat = await apiToken(owner);
    await refused(() => read(pat), 404, "not_found", "not_found", row);
    await refused(() => read(newSecret("pat")), 401, "invalid_token", "token_unknown", NOBODY);
  });

  it("of an agent says on whose account, whatever the agent says", async () => {
    const other = await connect(lent.owner, { login: "linus" });
    const answer = await read(token, "/api/me", { "valet-connection": other });
    expect(await answer.json()).toMatchObject({ login: "ada" });
  });
});

describe("a connector", () => {
  it("that nobody knows has no gateway", async () => {
    for (const path of ["/proxy/nowhere/x", "/proxy/..", "/proxy/demo%2f..", "/proxy/"]) {
      const answer = await send(here.core, path, { headers: { authorization: `Bearer ${token}` } });
      expect([path, answer.status, (await answer.json()).code]).toEqual([path, 404, "not_found"]);
    }
  });
});
