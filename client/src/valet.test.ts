import { exportPKCS8 } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AtGitHub, startAtGitHub } from "../../e2e/dropins/github";
import type { DropinValet, Lent } from "../../e2e/dropins/valet";
import type { StrictApi } from "../../e2e/fakes/strictApi";
import { revokeGrant } from "../../lib/grants/revoke";
import { keyRecord, newPair } from "../../lib/testing/agentKey";
import { Valet, ValetError, ValetRefusal, ValetUnreachable } from "./index.ts";

let at: AtGitHub;
let saas: StrictApi;
let there: DropinValet;
let lent: Lent;
beforeAll(async () => {
  at = await startAtGitHub([
    { method: "GET", path: /^\/repos\/marie\/radium\/issues$/, answer: () => ({ json: [{ number: 1 }] }) },
    { method: "GET", path: /^\/repos\/marie\/gone\/issues$/, answer: () => ({ status: 403, json: { message: "Not yours" } }) },
  ]);
  ({ saas, valet: there } = at);
  lent = await there.lend(["issues:read"]);
});
afterAll(() => at.close());

/** What this package sent to Valet, as "METHOD path". */
const sent: { line: string; headers: Headers }[] = [];
beforeEach(() => void sent.splice(0));

const watched: typeof fetch = (input, init) => {
  const url = new URL(String(input));
  sent.push({ line: `${init?.method ?? "GET"} ${url.pathname}`, headers: new Headers(init?.headers) });
  return fetch(input, init);
};

function agentOf({ bot }: Lent, more: { now?: () => number; runId?: string } = {}): Valet {
  const proof = { kind: "secret", clientId: bot.clientId, clientSecret: bot.clientSecret } as const;
  return new Valet({ url: there.socket, proof, fetch: watched, now: () => there.core.clock.now().getTime(), ...more });
}

describe("a lease", () => {
  it("is fetched once for all who wait, and kept until thirty seconds before its end", async () => {
    let now = there.core.clock.now().getTime();
    const valet = agentOf(lent, { now: () => now });
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => valet.lease("github", { grant: lent.grantId })));
    expect(others.every((one) => one === first)).toBe(true);
    expect(sent.map(({ line }) => line)).toEqual(["POST /oauth/token"]);
    expect(first).toMatchObject({ apiBase: there.base, scopes: ["issues:read"], narrowedBy: "gateway", grantId: lent.grantId });
    expect(first?.expiresAt).toBe(now + 15 * 60_000);
    now += 15 * 60_000 - 30_001;
    expect(await valet.token("github", { grant: lent.grantId })).toBe(first?.accessToken);
    now += 1;
    expect(await valet.token("github", { grant: lent.grantId })).not.toBe(first?.accessToken);
    expect(sent).toHaveLength(2);
  });

  it("that was refused is asked for again, and is not remembered as refused", async () => {
    const other = await there.lend(["issues:read"]);
    const valet = agentOf(lent);
    const refused = await valet.token("github", { grant: other.grantId }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ValetRefusal);
    expect(refused).toMatchObject({ status: 400, code: "invalid_request", reason: "grant_unknown" });
    await valet.token("github", { grant: other.grantId }).catch(() => undefined);
    expect(sent).toHaveLength(2);
  });

  it("can be for less than the grant, and each is kept by itself", async () => {
    const valet = agentOf(await there.lend(["issues:read", "pulls:read"]));
    const [grant] = (await valet.access()).access;
    const whole = await valet.lease("github", { grant: grant?.grantId ?? "" });
    const part = await valet.lease("github", { grant: grant?.grantId ?? "", scopes: ["issues:read"] });
    expect([whole.scopes, part.scopes]).toEqual([["issues:read", "pulls:read"], ["issues:read"]]);
  });
});

describe("fetch", () => {
  const issues = "/repos/marie/radium/issues";

  it("answers what the SaaS answers, also when the SaaS refuses", async () => {
    const valet = agentOf(lent);
    expect(await (await valet.fetch("github", issues, { grant: lent.grantId })).json()).toEqual([{ number: 1 }]);
    const notTheirs = await valet.fetch("github", "/repos/marie/gone/issues", { grant: lent.grantId });
    expect([notTheirs.status, await notTheirs.json()]).toEqual([403, { message: "Not yours" }]);
  });

  it("throws what Valet refuses, with the rule, the smallest grant that would do, and the link to it", async () => {
    const before = saas.calls.length;
    const write = { grant: lent.grantId, method: "POST", body: JSON.stringify({ title: "Not lent" }) };
    const refused = await agentOf(lent)
      .fetch("github", issues, write)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ValetRefusal);
    expect(refused).toMatchObject({
      status: 403,
      code: "not_allowed",
      reason: "outside_grant",
      rule: { kind: "outside_grant" },
      smallestGrant: { scopes: ["issues:write"], agent_id: lent.bot.agentId },
      fix: expect.stringContaining("/grants/new?"),
      requestId: expect.stringMatching(/^req_/),
    });
    expect((refused as Error).message).not.toMatch(/vlt_|eyJ/);
    expect(saas.calls.length).toBe(before);
  });

  it("takes one new token when the one it had has ended before its time, and no more than one", async () => {
    const other = await there.lend(["issues:read"]);
    const valet = agentOf(other, { now: () => 0 });
    await valet.lease("github", { grant: other.grantId });
    there.core.clock.advance({ minutes: 20 });
    expect((await valet.fetch("github", issues, { grant: other.grantId })).status).toBe(200);
    expect(sent.map(({ line }) => line)).toEqual([
      "POST /oauth/token",
      `GET /proxy/github${issues}`,
      "POST /oauth/token",
      `GET /proxy/github${issues}`,
    ]);
  });

  it("says what became of a grant that was revoked", async () => {
    const other = await there.lend(["issues:read"]);
    const valet = agentOf(other);
    await valet.lease("github", { grant: other.grantId });
    const person = (await valet.access()).access[0]?.onBehalfOf.id ?? "";
    const row = await there.core.db.person.findUniqueOrThrow({ where: { id: person } });
    const actor = { kind: "person", personId: row.id, name: row.name, email: row.email, role: "member", via: "browser" } as const;
    await revokeGrant({ ...there.core, actor }, { grantId: other.grantId });
    await expect(valet.fetch("github", issues, { grant: other.grantId })).rejects.toMatchObject({ status: 403, reason: "grant_revoked" });
    expect((await valet.access()).access).toEqual([]);
  });

  it("tells Valet of the run, and nobody else", async () => {
    const run = agentOf(lent).withRun("nightly 7/3");
    await run.fetch("github", issues, { grant: lent.grantId });
    expect(sent.at(-1)?.headers.get("baggage")).toBe("valet.run_id=nightly%207%2F3");
    expect(saas.calls.at(-1)?.foreign).toBe(false);
  });
});

describe("an agent without a secret", () => {
  it("gets the same by a key of its own, named by the SaaS alone, and hears what is lent to it", async () => {
    const own = await there.lend(["issues:read"]);
    const pair = await newPair();
    await keyRecord(there.core, own.bot.agentId, pair);
    const proof = { kind: "key", clientId: own.bot.clientId, privateKey: await exportPKCS8(pair.privateKey) } as const;
    const now = () => there.core.clock.now().getTime();
    const valet = new Valet({ url: there.socket, proof, fetch: watched, now });
    expect((await valet.fetch("github", "/repos/marie/radium/issues")).status).toBe(200);
    expect((await valet.access()).access).toMatchObject([{ grantId: own.grantId, connector: "github", state: "live" }]);
    expect(sent.some(({ headers }) => headers.get("authorization")?.startsWith("Basic"))).toBe(false);
    const other = { ...proof, privateKey: await exportPKCS8((await newPair()).privateKey) };
    const wrong = new Valet({ url: there.socket, proof: other, now });
    await expect(wrong.token("github")).rejects.toMatchObject({ status: 401, code: "invalid_client" });
    await expect(wrong.access()).rejects.toMatchObject({ status: 401, code: "invalid_client" });
  });
});

describe("settings", () => {
  const proof = { kind: "secret", clientId: "agt_x", clientSecret: "a-secret" } as const;

  it("that are missing or wrong are named, and their values are not", () => {
    const messageOf = (make: () => unknown) => {
      try {
        make();
      } catch (error) {
        return error instanceof ValetError ? error.message : error;
      }
    };
    expect(messageOf(() => new Valet({ proof }))).toContain("Set VALET_URL");
    expect(messageOf(() => new Valet({ proof, url: "valet" }))).toBe("VALET_URL is not an http or https address.");
    expect(messageOf(() => new Valet({ proof, url: "http://valet.example" }))).toContain("has to be https");
    expect(messageOf(() => new Valet({ url: "https://valet.example" }))).toContain("VALET_WORKLOAD_TOKEN_FILE");
  });

  it("of something that is no Valet are told apart from a refusal", async () => {
    const page: typeof fetch = async () => new Response("<html>hello</html>", { status: 200 });
    const away: typeof fetch = async () => Promise.reject(new TypeError("fetch failed"));
    for (const broken of [page, away]) {
      const valet = new Valet({ url: "https://valet.example", proof, fetch: broken });
      await expect(valet.token("github")).rejects.toBeInstanceOf(ValetUnreachable);
    }
  });
});
