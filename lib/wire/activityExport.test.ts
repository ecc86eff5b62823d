import { afterAll, beforeAll, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { apiToken, bearer, send, type World, world } from "../testing/builders";
import { person } from "../testing/people";

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

const ask = (query: string) => send(here.core, `/api/v1/activity/export?${query}`, { headers: bearer(token) });

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
  const reads: string[] = [];
  const db = { ...here.core.db, activity: watched(reads) };
  const answer = await send({ ...here.core, db: Object.setPrototypeOf(db, here.core.db) }, "/api/v1/activity/export?run_id=run-long", {
    headers: bearer(token),
  });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await reader.cancel();
  expect(reads.length).toBe(1);
});

function watched(reads: string[]) {
  const { activity } = here.core.db;
  return {
    ...activity,
    findMany: ((...args: Parameters<typeof activity.findMany>) => {
      reads.push("page");
      return activity.findMany(...args);
    }) as typeof activity.findMany,
  };
}
