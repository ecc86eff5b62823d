import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { accessToken, apiToken, bearer, call, exchangeGrant, type Lent, lend, send, type World, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { getActivity, listActivity } from "./list";
import { listRuns, pageRuns, RUN_ROWS_MAX, RUNS_ROWS_MAX, readRun } from "./readRun";
import type { RunBranch, RunNode } from "./runTree";

const NOT_THERE = { code: "not_found", message: "There is no such run, or it is not yours." };

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

const shape = ({ kind, row, children }: RunNode): unknown[] => [kind, row?.target, row?.decision, children.map(shape)];
const branches = ({ verified, claimed }: { verified: { branches: readonly RunBranch[] }; claimed: { branches: readonly RunBranch[] } }) => [
  ...verified.branches,
  ...claimed.branches,
];

/** A token and two calls, the second of which is refused; then a refused exchange. */
async function work(runId: string): Promise<Lent> {
  const lent = await lend(here, { delivery: "gateway" });
  const token = await accessToken(here.core, lent, { run_id: runId });
  here.core.clock.advance({ seconds: 2 });
  const baggage = { baggage: `valet.run_id=${encodeURIComponent(runId)}` };
  expect((await call(here.core, token, "/api/issues", { headers: baggage })).status).toBe(200);
  here.core.clock.advance({ seconds: 3 });
  expect((await call(here.core, token, "/api/issues/1", { method: "DELETE", headers: baggage })).status).toBe(403);
  expect((await exchangeGrant(here.core, lent, { run_id: runId, scope: "issues:write" })).status).toBe(400);
  return lent;
}

describe("a run", () => {
  it("is drawn with its person, its token, what was called with it and what was refused", async () => {
    const start = here.core.clock.now();
    const lent = await work("run-drawn");
    const run = await readRun(lent.owner, { runId: "run-drawn" });
    expect(run).toMatchObject({ id: "run-drawn", startedAt: start, cut: false, tokens: 1, calls: 1, refused: 2 });
    expect(run.endedAt.getTime() - start.getTime()).toBeGreaterThanOrEqual(5000);
    const [branch, ...others] = branches(run);
    expect(others).toEqual([]);
    expect(branch?.principal).toEqual({ kind: "person", id: lent.owner.actor.personId, name: "Ada Lovelace" });
    expect(branch?.nodes.map(shape)).toEqual([
      [
        "token",
        "Demo Tracker: ada",
        "allowed",
        [
          ["call", "GET /api/issues", "allowed", []],
          ["call", "DELETE /api/issues/1", "refused", []],
        ],
      ],
      ["token", "Demo Tracker: ada", "refused", []],
    ]);
    expect(branch?.nodes[0]?.token).toEqual({
      audience: "http://valet.test/proxy/demo",
      endsAt: new Date(start.getTime() + 15 * 60_000),
    });
  });

  it("is seen as the ledger is: all of it by admins and auditors, nothing by others, in the words for no run", async () => {
    const lent = await work("run-seen");
    const auditor = await person(here.core, { role: "auditor" });
    for (const ctx of [lent.owner, here.admin, auditor])
      expect(branches(await readRun(ctx, { runId: "run-seen" }))[0]?.nodes).toHaveLength(2);
    const stranger = await person(here.core);
    for (const runId of ["run-seen", "run-of-nobody"]) expect(await refusalOf(readRun(stranger, { runId }))).toMatchObject(NOT_THERE);
    const other = await work("run-seen");
    const [theirs, mine] = await Promise.all([readRun(other.owner, { runId: "run-seen" }), readRun(here.admin, { runId: "run-seen" })]);
    expect([branches(theirs).length, branches(mine).length]).toEqual([1, 2]);
    const { rows } = await listActivity(lent.owner, { runId: "run-seen", event: "token.exchange" });
    const id = rows[0]?.id ?? "";
    expect(await getActivity(lent.owner, { id })).toMatchObject({
      id,
      credential: { kind: "secret", name: `...${lent.bot.clientSecret.slice(-4)}` },
    });
    expect(await refusalOf(getActivity(stranger, { id }))).toMatchObject({ code: "not_found" });
  });

  it("keeps the hop that a delegation made under the token it was made of, and is filtered by either kind of run id", async () => {
    const lent = await work("run-hops");
    const [token] = await here.core.db.activity.findMany({
      where: { grantId: lent.grantId, event: "token.exchange", decision: "allowed" },
    });
    const at = here.core.clock.now();
    const [hopId, useId] = [newId("dlg", at), newId("use", at)];
    const { prisma } = writingSide(here.core.db);
    await prisma.delegation.create({
      data: {
        id: hopId,
        grantId: lent.grantId,
        parentJti: token?.id ?? "",
        linkId: "lnk_1",
        fromAgentId: lent.bot.agentId,
        toAgentId: lent.bot.agentId,
        depth: 2,
        delegationIds: [hopId],
        createdAt: at,
        expiresAt: at,
      },
    });
    const { detail: _detail, ...row } = token ?? ({} as never);
    const handedOn = { ...row, chain: [], id: useId, at, event: "token.hand_on", delegationId: hopId };
    await prisma.activity.updateMany({
      where: { grantId: lent.grantId, kind: "use" },
      data: { runIdVerified: null, runIdClaimed: "run-hops" },
    });
    await prisma.activity.update({ where: { id: row.id }, data: { runIdVerified: "run-hops", runIdClaimed: null } });
    await prisma.activity.create({ data: { ...handedOn, runIdVerified: "run-hops", runIdClaimed: null } });
    const run = await readRun(lent.owner, { runId: "run-hops" });
    expect(run.verified.branches[0]?.nodes.map(({ id, children }) => [id, children.map((one) => [one.id, one.token])])).toEqual([
      [row.id, [[useId, { audience: null, endsAt: at }]]],
    ]);
    expect(run.claimed.branches[0]?.nodes.map(({ kind, id }) => [kind, id])).toContainEqual(["unseen", row.id]);
    expect((await listActivity(lent.owner, { runId: "run-hops" })).rows).toHaveLength(5);
    expect((await listRuns(lent.owner))[0]).toMatchObject({ id: "run-hops", verified: true });
  });

  it("of more rows than are drawn says so", async () => {
    const ada = await person(here.core);
    const at = here.core.clock.now();
    const row = {
      at,
      kind: "use",
      event: "gateway.call",
      acting: "agent",
      target: "GET /x",
      decision: "allowed",
      reason: "within_grant",
      chain: [],
    };
    const data = Array.from({ length: RUN_ROWS_MAX + 1 }, () => ({
      ...row,
      id: newId("use", at),
      personId: ada.actor.personId,
      runIdVerified: "run-long",
    }));
    await writingSide(here.core.db).prisma.activity.createMany({ data });
    const run = await readRun(ada, { runId: "run-long" });
    expect([run.cut, run.calls]).toEqual([true, RUN_ROWS_MAX]);
  });
});

describe("the list of runs", () => {
  it("has the newest first, with who took part; a member's own, and everybody's for those who ask and may", async () => {
    const [first, second] = [await work("run-older"), await work("run-newer")];
    expect(await listRuns(first.owner)).toMatchObject([
      {
        id: "run-older",
        people: ["Ada Lovelace"],
        agents: ["Triage bot"],
        patterns: ["delegated"],
        tokens: 1,
        calls: 1,
        refused: 2,
      },
    ]);
    expect(await listRuns(second.owner, { everyone: true })).toHaveLength(1);
    expect((await listRuns(here.admin, { everyone: true })).map(({ id }) => id).slice(0, 2)).toEqual(["run-newer", "run-older"]);
    expect(await listRuns(here.admin)).toEqual([]);
  });
});

describe("the list of runs by agent and state", () => {
  it("has the whole of the runs that an agent took part in, and of the others nothing", async () => {
    const [with_, without] = [await work("run-of-one"), await work("run-of-other")];
    const [agentId] = [with_.bot.agentId, without.bot.agentId];
    const all = await listRuns(here.admin, { everyone: true });
    expect(await listRuns(here.admin, { everyone: true, agentId })).toEqual(all.filter(({ id }) => id === "run-of-one"));
    expect(await listRuns(without.owner, { agentId })).toEqual([]);
  });

  it("tells runs with refusals from those without, and those that only callers name", async () => {
    const { owner, bot } = await work("run-with-refusals");
    const at = here.core.clock.now();
    const row = { at, kind: "use", event: "gateway.call", acting: "agent", target: "GET /x", decision: "allowed", reason: "x", chain: [] };
    const whose = { personId: owner.actor.personId, ownerId: owner.actor.personId, agentId: bot.agentId };
    await writingSide(here.core.db).prisma.activity.createMany({
      data: [
        { ...row, ...whose, id: newId("use", at), runIdVerified: "run-clean" },
        { ...row, ...whose, id: newId("use", at), runIdClaimed: "run-claimed", decision: "refused" },
      ],
    });
    const ids = async (state: "refused" | "clean" | "claimed") => (await listRuns(owner, { state })).map(({ id }) => id).sort();
    expect(await ids("clean")).toEqual(["run-clean"]);
    expect(await ids("refused")).toEqual(["run-claimed", "run-with-refusals"]);
    expect(await ids("claimed")).toContain("run-claimed");
    expect(await ids("claimed")).not.toContain("run-clean");
  });
});

describe("older runs", () => {
  const use = { kind: "use", event: "gateway.call", acting: "agent", target: "GET /x", decision: "allowed", reason: "x", chain: [] };
  async function write(owner: PersonCtx, rows: readonly object[]): Promise<void> {
    const whose = { personId: owner.actor.personId, ownerId: owner.actor.personId };
    const data = rows.map((row) => ({ ...use, ...whose, id: newId("use", here.core.clock.now()), ...row })) as never;
    await writingSide(here.core.db).prisma.activity.createMany({ data });
  }
  const ago = (minutes: number) => new Date(here.core.clock.now().getTime() - minutes * 60_000);
  const run = (number: number) => `old.${String(number).padStart(3, "0")}`;

  it("come on further pages, each run once and whole, though several end at one moment and all began at another", async () => {
    const owner = await person(here.core);
    const began = Array.from({ length: 120 }, (_, number) => ({ at: ago(500), runIdVerified: run(number) }));
    const ended = Array.from({ length: 120 }, (_, number) => ({
      at: ago(Math.floor(number / 7)),
      runIdClaimed: run(number),
      decision: "refused",
    }));
    await write(owner, [...began, ...ended]);
    const first = await pageRuns(owner);
    const second = await pageRuns(owner, { cursor: first.nextCursor as string });
    const third = await pageRuns(owner, { cursor: second.nextCursor as string });
    expect([first.runs.length, second.runs.length, third.runs.length, third.nextCursor]).toEqual([50, 50, 20, null]);
    const all = [...first.runs, ...second.runs, ...third.runs];
    expect(all.map(({ id }) => id)).toEqual(began.map(({ runIdVerified }) => runIdVerified));
    for (const one of all) expect(one).toMatchObject({ calls: 1, refused: 1, verified: true, startedAt: ago(500) });
    expect(await pageRuns(owner, { cursor: "no place" })).toEqual(first);
    expect(await pageRuns(await person(here.core), { cursor: first.nextCursor as string })).toEqual({ runs: [], nextCursor: null });
  });

  it("are reached past a run that has more rows than a page reads, also where none of its rows fits", async () => {
    const owner = await person(here.core);
    const text = `insert into activity (id, at, kind, event, acting, person_id, owner_id, target, decision, reason, chain, scopes, run_id_verified, agent_id)
      select 'use_endless' || number, $1, 'use', 'gateway.call', 'agent', $2, $2, 'GET /x', 'refused', 'x', '[]', '{}', 'endless', 'agt_endless'
      from generate_series(1, $3) number`;
    await writingSide(here.core.db).pool.query(text, [ago(1), owner.actor.personId, RUNS_ROWS_MAX + 5]);
    await write(owner, [{ at: ago(2), runIdVerified: "behind it", agentId: "agt_endless" }]);
    const first = await pageRuns(owner, { state: "clean" });
    expect([first.runs, first.nextCursor]).toEqual([[], expect.any(String)]);
    const second = await pageRuns(owner, { state: "clean", cursor: first.nextCursor as string });
    const ofAgent = await pageRuns(owner, { agentId: "agt_endless" });
    expect([ofAgent.runs.map(({ id }) => id), ofAgent.nextCursor]).toEqual([["endless"], expect.any(String)]);
    const behind = await pageRuns(owner, { agentId: "agt_endless", cursor: ofAgent.nextCursor as string });
    expect([behind.runs.map(({ id }) => id), behind.nextCursor]).toEqual([["behind it"], null]);
    expect([second.runs.map(({ id }) => id), second.nextCursor]).toEqual([["behind it"], null]);
  });
});

describe("over REST", () => {
  it("a run is read by its id, whatever characters that has, and an unknown one is 404", async () => {
    const lent = await work("ci/42?x=%25");
    const headers = bearer(await apiToken(lent.owner));
    const answer = await send(here.core, `/api/v1/runs/${encodeURIComponent("ci/42?x=%25")}`, { headers });
    expect(answer.status).toBe(200);
    const body = await answer.json();
    expect(body).toMatchObject({ id: "ci/42?x=%25", cut: false, tokens: 1, calls: 1, refused: 2, verified: { hybrid: false } });
    const [branch] = [...body.verified.branches, ...body.claimed.branches];
    expect(branch.nodes[0]).toMatchObject({
      kind: "token",
      token: { audience: "http://valet.test/proxy/demo" },
      row: { pattern: "delegated", credential: { kind: "secret" } },
    });
    const list = await (await send(here.core, "/api/v1/runs", { headers })).json();
    expect(list.data).toMatchObject([{ id: "ci/42?x=%25" }]);
    for (const path of ["/api/v1/runs/none", "/api/v1/runs/%E0%A4%A"]) expect((await send(here.core, path, { headers })).status).toBe(404);
  });
});
