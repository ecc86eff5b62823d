import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { apiToken, bearer, exchangeForm, type Lent, lend, send, type World, world } from "../../lib/testing/builders";
import { person } from "../../lib/testing/people";
import { type RawApi, startRawApi } from "../../lib/testing/rawApi";
import { toCamel } from "../../lib/wire/names";
import { operations } from "../../lib/wire/operations";
import { JSON_DEPTH_MAX, JSON_MEMBERS_MAX, QUERY_PARAMETERS_MAX } from "../../lib/wire/wireLimits";

let here: World;
let lent: Lent;
let member: string;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway" });
  member = await apiToken(lent.owner);
});
afterAll(() => here.close());

function post(path: string, body: string, method = "POST", token = member): Promise<Response> {
  return send(here.core, path, { method, body, headers: { ...bearer(token), "content-type": "application/json" } });
}

const reasonOf = async (answer: Response) => ((await answer.json()) as { reason?: string }).reason;

describe("members that nobody asked for", () => {
  /** What would give more, were it believed. */
  const MORE = {
    ownerId: "x",
    personId: "x",
    role: "admin",
    status: "active",
    id: "x",
    createdAt: 0,
    isAdmin: true,
    hash: "x",
    expiresAt: "2099-01-01",
  };

  it("are refused, or left out, by the input of every operation", () => {
    for (const { id, input } of operations) {
      const shape = z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as {
        properties?: object;
        additionalProperties?: unknown;
      };
      const known = Object.keys(shape.properties ?? {});
      const parsed = input.safeParse(MORE);
      const extra = parsed.success ? Object.keys(parsed.data as object).filter((name) => !known.includes(name)) : [];
      expect(extra, id).toEqual([]);
      const unknown = parsed.success ? [] : parsed.error.issues.filter(({ code }) => code === "unrecognized_keys");
      expect(parsed.success || unknown.length > 0 || shape.additionalProperties === undefined || known.length > 0, id).toBe(true);
    }
  });

  it("make nobody an admin, an owner, or a grant longer", async () => {
    const other = await person(here.core);
    const asked = [
      ["/api/v1/agents", { name: "Mine", purpose: "Counts", owner_id: other.actor.personId, status: "active", agent_id: lent.bot.agentId }],
      [
        "/api/v1/grants",
        {
          agent_id: lent.bot.agentId,
          connection_id: lent.connectionId,
          scopes: ["issues:read"],
          lifetime: "1h",
          expires_at: "2099-01-01T00:00:00Z",
          person_id: other.actor.personId,
        },
      ],
      [`/api/v1/grants/${lent.grantId}/extend`, { lifetime: "7d", grant_id: "grt_another", scopes: ["issues:write"] }],
    ] as const;
    for (const [path, body] of asked) expect((await post(path, JSON.stringify(body))).status, path).toBe(400);
    expect(await here.core.db.agent.count({ where: { ownerId: other.actor.personId } })).toBe(0);
    expect((await here.core.db.grant.findUniqueOrThrow({ where: { id: lent.grantId } })).scopes).toEqual(["issues:read"]);
    expect((await send(here.core, "/api/v1/me?role=admin&person_id=x", { headers: bearer(member) })).status).toBe(400);
  });
});

describe("names that objects have by themselves", () => {
  const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
  const isClean = () => {
    expect(({} as Record<string, unknown>).role).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  };

  it("change no object, in JSON, in a form, in an address, at any depth", async () => {
    for (const name of NAMES) {
      const inside = `{"${name}":{"role":"admin","prototype":{"role":"admin"}}}`;
      for (const body of [inside, `{"name":"x","purpose":"y","${name}":{"role":"admin"}}`, `{"bounds":${inside}}`])
        for (const path of ["/api/v1/agents", "/api/v1/grants", "/api/v1/grants/preview"])
          expect((await post(path, body)).status).toBe(400);
      expect((await send(here.core, `/api/v1/grants?${name}=admin&${name}[role]=admin`, { headers: bearer(member) })).status).toBe(400);
      expect((await send(here.core, `/api/v1/grants/${name}`, { headers: bearer(member) })).status).toBe(404);
      expect((await send(here.core, `/proxy/${name}/api/issues`, { headers: bearer(member) })).status).toBe(404);
      const form = exchangeForm(lent, { grant_type: name, [name]: "admin" });
      expect((await send(here.core, "/oauth/token", { method: "POST", body: form })).status).toBe(400);
      isClean();
    }
  });

  it("are members like any other once they are read, and nobody's prototype", () => {
    const read = toCamel(JSON.parse('{"__proto__":{"is_admin":true},"a_b":1}')) as Record<string, unknown>;
    expect(read.aB).toBe(1);
    expect((read as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    isClean();
  });
});

describe("what is sent has its measure", () => {
  it("JSON in its depth and its members", async () => {
    const deep = (levels: number) => `{"name":"x","purpose":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(await reasonOf(await post("/api/v1/agents", deep(JSON_DEPTH_MAX + 1)))).toBe("json");
    expect(await reasonOf(await post("/api/v1/agents", deep(JSON_DEPTH_MAX)))).toBe("invalid_request");
    const wide = (count: number) => JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, 1])));
    expect(await reasonOf(await post("/api/v1/agents", wide(JSON_MEMBERS_MAX + 1)))).toBe("too_many_members");
    expect(await reasonOf(await post("/api/v1/agents", wide(JSON_MEMBERS_MAX)))).toBe("invalid_request");
  });

  it("an address and a form in their parameters, each of them once", async () => {
    const many = (count: number) => new URLSearchParams(Array.from({ length: count }, (_, index) => [`p${index}`, "1"]));
    const get = (query: string) => send(here.core, `/api/v1/grants?${query}`, { headers: bearer(member) });
    expect(await reasonOf(await get(String(many(QUERY_PARAMETERS_MAX + 1))))).toBe("too_many_parameters");
    expect(await reasonOf(await get("live=true&live=false"))).toBe("parameter_doubled");
    const token = (body: URLSearchParams) => send(here.core, "/oauth/token", { method: "POST", body });
    expect(await reasonOf(await token(many(101)))).toBe("too_many_parameters");
    const doubled = exchangeForm(lent);
    doubled.append("subject_token", lent.grantId);
    expect(await reasonOf(await token(doubled))).toBe("parameter_doubled");
  });

  it("a packed body is not unpacked, by REST and by OAuth", async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024, "a"));
    const headers = { ...bearer(member), "content-type": "application/json", "content-encoding": "gzip" };
    expect(await reasonOf(await send(here.core, "/api/v1/agents", { method: "POST", body: bomb, headers }))).toBe("content_encoding");
  });
});

describe("an answer of a SaaS that is small on the wire and large in memory", () => {
  let raw: RawApi;
  let there: World;
  beforeAll(async () => {
    raw = await startRawApi();
    there = await world({ apiBaseUrl: raw.url });
  });
  afterAll(() => Promise.all([there.close(), raw.close()]));

  it("goes through the gateway as it came, packed: the broker does not unpack it", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, "a"));
    const grant = await lend(there, { delivery: "gateway" });
    const { access_token: token } = (await (
      await send(there.core, "/oauth/token", { method: "POST", body: exchangeForm(grant) })
    ).json()) as { access_token: string };
    raw.answer((_, response) => response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb));
    const answer = await send(there.core, "/proxy/demo/api/issues", { headers: { ...bearer(token), "accept-encoding": "gzip" } });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect((await answer.arrayBuffer()).byteLength).toBe(bomb.length);
  });
});
