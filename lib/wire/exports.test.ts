import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { pageRuns } from "../activity/readRun";
import { listDirectory } from "../agents/directory";
import { listConnections } from "../connections/list";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { searchGrants } from "../grants/page";
import { newId } from "../ids";
import { listAccess } from "../overview/access";
import { listPeople } from "../people/list";
import { apiToken, bearer, send, type World, world } from "../testing/builders";
import { connectionRecord, grantRecord } from "../testing/lent";
import { agent, person } from "../testing/people";
import { EXPORTS } from "./exports";
import { toSnake } from "./names";

let here: World;
let ada: PersonCtx;
let token: string;
beforeAll(async () => {
  here = await world();
  ada = await person(here.core);
  token = await apiToken(ada);
});
afterAll(() => here.close());

async function write(rows: object[], owner = ada): Promise<string[]> {
  const at = here.core.clock.now();
  const whose = { personId: owner.actor.personId, ownerId: owner.actor.personId };
  const use = { kind: "use", event: "gateway.call", acting: "agent", decision: "allowed", reason: "within_grant", chain: [] };
  const data = rows.map((row) => ({ ...use, target: "GET /x", id: newId("use", at), at, ...whose, ...row }));
  await writingSide(here.core.db).prisma.activity.createMany({ data });
  return data
    .map(({ id }) => id)
    .sort()
    .reverse();
}

const ask = (query: string) => send(here.core, `/api/v1/exports/activity?${query}`, { headers: bearer(token) });

it("has every row that fits once, newest first, spelt as the API spells it, and nobody else's", async () => {
  const runIdClaimed = "run-all";
  await write([{ runIdClaimed }], await person(here.core));
  const wanted = await write(Array.from({ length: 450 }, () => ({ runIdClaimed })));
  await write([{ runIdClaimed: "another" }]);
  const answer = await ask("run_id=run-all");
  expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="valet-activity-\d{4}-\d\d-\d\d\.ndjson"$/);
  const rows = (await answer.text())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.map((row) => row.id)).toEqual(wanted);
  expect(rows[0]).toMatchObject({ run_id: "run-all", token_use_id: null, person: { id: ada.actor.personId, name: "Ada Lovelace" } });
});

it("as CSV keeps what is in a cell in it, and gives a spreadsheet no formula", async () => {
  await write([{ runIdClaimed: "run-csv", target: '=HYPERLINK("https://evil.example")', reasonText: 'says "no",\nthen goes' }]);
  const text = await (await ask("run_id=run-csv&format=csv")).text();
  const [head, ...lines] = text.split("\r\n");
  expect(head).toMatch(/^id,at,kind,event,acting,person_id,person,/);
  expect(lines.slice(1)).toEqual([""]);
  expect(lines[0]).toContain(',"\'=HYPERLINK(""https://evil.example"")",');
  expect(lines[0]).toContain(',"says ""no"",\nthen goes",');
});

it("as CSV says of a change what it was and what it is, in its last column", async () => {
  const detail = { from: "member", to: "auditor" };
  await write([{ kind: "change", event: "person.set_role", acting: "person", runIdClaimed: "run-changed", detail }]);
  const [head, line] = (await (await ask("run_id=run-changed&format=csv")).text()).split("\r\n");
  expect(head).toMatch(/,changed$/);
  expect(line).toMatch(/,Role: member -> auditor$/);
});

it("without rows is an empty file, and a format that is not there is refused before anything is written", async () => {
  expect(await (await ask("run_id=nothing")).text()).toBe("");
  const refused = await ask("format=xlsx");
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { code: "invalid_request", fields: { format: "Choose csv or ndjson." } },
  ]);
});

it("reads no further than its reader: one that leaves stops it", async () => {
  await write(Array.from({ length: 650 }, () => ({ runIdClaimed: "run-long" })));
  const pages = vi.spyOn(writingSide(here.core.db).pool, "query");
  const answer = await send(here.core, "/api/v1/exports/activity?run_id=run-long", { headers: bearer(token) });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await reader.cancel();
  const looked = pages.mock.calls.filter(([text]) => String(text).includes("select at, id from activity"));
  pages.mockRestore();
  expect(looked.length).toBe(1);
});

it("of activity is at its first address too", async () => {
  const at = async (path: string) => await (await send(here.core, `${path}?run_id=run-all&format=csv`, { headers: bearer(token) })).text();
  expect(await at("/api/v1/activity/export")).toBe(await at("/api/v1/exports/activity"));
});

/** Rows of a file, as JSON spells them, taken by somebody over REST. */
async function fileOf(ctx: PersonCtx, list: string, query = ""): Promise<Record<string, unknown>[]> {
  const answer = await send(here.core, `/api/v1/exports/${list}?${query}`, { headers: bearer(await apiToken(ctx)) });
  const text = await answer.text();
  expect([answer.status, text]).toEqual([200, expect.anything()]);
  return text === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
}
const asJson = (rows: readonly unknown[]) => JSON.parse(JSON.stringify(toSnake(rows)));
const prisma = () => writingSide(here.core.db).prisma;

/** So many grants on one account, with ends apart, as many as an account can have. */
async function lendMany(owner: PersonCtx, count: number, name: string): Promise<{ agentId: string; ids: string[] }> {
  const { agentId } = await agent(here.core, owner, { name });
  const first = await grantRecord(here.core, owner, { agentId, connectionId: await connectionRecord(here.core, owner) });
  const {
    consent: _consent,
    evidence: _evidence,
    bounds: _bounds,
    ...row
  } = await prisma().grant.findUniqueOrThrow({ where: { id: first } });
  const more = Array.from({ length: count - 1 }, (_, index) => ({
    ...row,
    id: newId("grt", here.core.clock.now()),
    consent: {},
    access: index % 3 === 0 ? "write" : "read",
    expiresAt: new Date(row.expiresAt.getTime() + Math.floor(index / 2)),
  }));
  await prisma().grant.createMany({ data: more });
  return { agentId, ids: [first, ...more.map(({ id }) => id)].sort() };
}

const idsOf = (rows: readonly Record<string, unknown>[], name = "id") => rows.map((row) => String(row[name])).sort();

describe("a list as a file", () => {
  it("of grants has every page of them, as the verb has, by the filters, and nobody else's", async () => {
    const [bea, cy] = [await person(here.core), await person(here.core)];
    const { agentId, ids } = await lendMany(bea, 120, "Many");
    await lendMany(cy, 2, "Of another");
    const rows = await fileOf(bea, "grants");
    expect(idsOf(rows)).toEqual(ids);
    expect(rows.slice(0, 50)).toEqual(asJson((await searchGrants(bea)).grants));
    expect(idsOf(await fileOf(bea, "grants", "everyone=true"))).toEqual(ids);
    const written = await fileOf(bea, "grants", `access=write&agent_id=${agentId}`);
    expect([written.length, new Set(written.map(({ access }) => access))]).toEqual([40, new Set(["write"])]);
    expect(await fileOf(bea, "grants", "state=over")).toEqual([]);
    expect((await fileOf(here.admin, "grants", "everyone=true")).length).toBeGreaterThan(121);
  });

  it("of access has all there is, beyond what a page shows, each once", async () => {
    const bea = await person(here.core, { name: "Bea Reached" });
    const { agentId, ids } = await lendMany(bea, 450, "Reaches much");
    const rows = await fileOf(here.admin, "access", `agent_id=${agentId}`);
    expect(idsOf(rows, "grant_id")).toEqual(ids);
    expect(rows).toEqual(asJson((await listAccess(here.admin, { agentId })).rows));
    expect(await fileOf(here.admin, "access", `agent_id=${agentId}&access=write`)).toHaveLength(150);
    const { rows: page, nextCursor, total } = await listAccess(here.admin, { agentId, limit: 449 });
    expect([page.length, nextCursor, total]).toEqual([449, page[448]?.grantId, 450]);
    expect(await listAccess(here.admin, { agentId, cursor: "grt_none", limit: 449 })).toMatchObject({ rows: page });
  });

  it("goes on where it was, when the grant it was at is revoked meanwhile", async () => {
    const { agentId, ids } = await lendMany(await person(here.core), 3, "Loses one");
    const first = await listAccess(here.admin, { agentId, limit: 1 });
    const at = first.nextCursor as string;
    await prisma().grant.update({ where: { id: at }, data: { revokedAt: here.core.clock.now() } });
    const rest = await listAccess(here.admin, { agentId, cursor: at });
    expect([at, ...rest.rows.map(({ grantId }) => grantId)].sort()).toEqual(ids);
  });

  it("of agents has those of the reader, or for admins and auditors all", async () => {
    const [bea, cy] = [await person(here.core), await person(here.core)];
    const createdAt = here.core.clock.now();
    const data = Array.from({ length: 230 }, (_, index) => ({
      id: newId("agt", createdAt),
      name: `File ${index}`,
      purpose: "p",
      createdAt,
    }));
    await prisma().agent.createMany({ data: data.map((one) => ({ ...one, ownerId: bea.actor.personId })) });
    await agent(here.core, cy, { name: "File of another" });
    expect(idsOf(await fileOf(bea, "agents"))).toEqual(data.map(({ id }) => id).sort());
    expect(await fileOf(bea, "agents", "text=FILE+22&standing=active")).toEqual(
      asJson((await listDirectory(bea, { text: "file 22" })).agents),
    );
    const all = await fileOf(here.admin, "agents", "scope=all");
    expect(idsOf(all)).toEqual((await here.core.db.agent.findMany({ select: { id: true } })).map(({ id }) => id).sort());
  });

  it("of connections and of people has what their verbs have", async () => {
    const bea = await person(here.core);
    await connectionRecord(here.core, bea);
    await connectionRecord(here.core, await person(here.core));
    expect(await fileOf(bea, "connections")).toEqual(asJson(await listConnections(bea)));
    expect(await fileOf(bea, "connections", "everyone=true")).toHaveLength(1);
    const createdAt = here.core.clock.now();
    const many = Array.from({ length: 110 }, (_, index) => {
      const id = newId("per", createdAt);
      return { id, name: `File person ${index % 3}`, email: `${id}@example.com`, role: "member", status: "active", createdAt };
    });
    await prisma().person.createMany({ data: many });
    expect(idsOf(await fileOf(here.admin, "people", "text=FILE+PERSON"))).toEqual(many.map(({ id }) => id).sort());
    expect((await fileOf(here.admin, "people")).slice(0, 50)).toEqual(asJson((await listPeople(here.admin)).people));
    expect(await fileOf(here.admin, "people", "status=suspended&text=FILE+PERSON")).toEqual([]);
  });

  it("of runs has those of every page, as far as their reader sees them", async () => {
    const bea = await person(here.core);
    const runs = Array.from({ length: 130 }, (_, index) => `file-${String(index).padStart(3, "0")}`);
    await write(
      runs.map((runIdClaimed) => ({ runIdClaimed })),
      bea,
    );
    expect(idsOf(await fileOf(bea, "runs"))).toEqual(runs);
    expect((await fileOf(bea, "runs")).slice(0, 50)).toEqual(asJson((await pageRuns(bea)).runs));
    expect(await fileOf(bea, "runs", "state=refused")).toEqual([]);
    expect(await fileOf(await person(here.core), "runs")).toEqual([]);
  });

  it.each(["people", "access", "agents?scope=all"])("of %s is for admins and auditors alone", async (path) => {
    const status = async (ctx: PersonCtx) => {
      const answer = await send(here.core, `/api/v1/exports/${path}`, { headers: bearer(await apiToken(ctx)) });
      await answer.text();
      return answer.status;
    };
    const members = await send(here.core, `/api/v1/exports/${path}`, { headers: bearer(await apiToken(await person(here.core))) });
    expect([members.status, members.headers.get("content-disposition"), await members.json()]).toMatchObject([
      403,
      null,
      { code: "forbidden" },
    ]);
    expect([await status(here.admin), await status(await person(here.core, { role: "auditor" }))]).toEqual([200, 200]);
  });

  it.each(EXPORTS.map(({ name }) => name))("of %s is a table whose head is its columns, and holds no secret", async (name) => {
    const bea = await person(here.core, { role: "admin" });
    const bot = await agent(here.core, bea, { name: "=cmd|' /C calc'!A0" });
    await grantRecord(here.core, bea, { agentId: bot.agentId, connectionId: await connectionRecord(here.core, bea) });
    await write([{ agentId: bot.agentId, runIdClaimed: `=run of ${name}` }], bea);
    const everything = name === "agents" ? "&scope=all" : "";
    const take = async (format: string) =>
      await (
        await send(here.core, `/api/v1/exports/${name}?format=${format}${everything}`, { headers: bearer(await apiToken(bea)) })
      ).text();
    const [csv, ndjson] = [await take("csv"), await take("ndjson")];
    expect(csv.split("\r\n")[0]).toMatch(/^[a-z_]+(,[a-z_]+)+$/);
    for (const text of [csv, ndjson]) {
      expect(text).not.toContain(bot.clientSecret);
      expect(text).not.toMatch(/sealed|password|hash|_secret|v1\.t1/i);
    }
    if (name !== "people") expect(csv).toContain("'=cmd|' /C calc'!A0");
    expect(csv).not.toMatch(/(^|,)"?[=+@-]/m);
  });
});
