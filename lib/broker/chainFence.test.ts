import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pauseAgent } from "../agents/status";
import { revokeDelegation, revokeLink } from "../chains/revoke";
import { writingSide } from "../db";
import { revokeGrant } from "../grants/revoke";
import { pauseLending } from "../people/lending";
import { suspendPerson } from "../people/status";
import { call, usesOf, type World, world } from "../testing/builders";
import { type Band, band, claimsOf, handOn, tokensAlong } from "../testing/chains";
import type { SeededAgent } from "../testing/people";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
afterEach(() => here.saas.control.release());

const at = (of: Band, index: number) => of.agents[index] as SeededAgent;
const hopOf = (token: string | undefined) => ({ delegationId: String(claimsOf(token ?? "").delegation_id) });

/** Everything that ends what the third agent of a chain has, and what it is told then. */
const ENDINGS: [what: string, end: (of: Band, tokens: string[]) => Promise<unknown>, reason: string][] = [
  ["the first link is revoked", (of) => revokeLink(of.owner, { linkId: of.links[0]?.id ?? "" }), "link_revoked"],
  [
    "the last link is revoked by its own agent's owner",
    (of) => revokeLink(of.owners[2] as Band["owner"], { linkId: of.links[1]?.id ?? "" }),
    "link_revoked",
  ],
  ["the first hop is taken back", (of, tokens) => revokeDelegation(of.owner, hopOf(tokens[1])), "delegation_revoked"],
  ["the last hop is taken back", (_of, tokens) => revokeDelegation(here.admin, hopOf(tokens[2])), "delegation_revoked"],
  ["the first agent is paused", (of) => pauseAgent(here.admin, { agentId: at(of, 0).agentId }), "agent_paused"],
  ["the middle agent is paused", (of) => pauseAgent(here.admin, { agentId: at(of, 1).agentId }), "agent_paused"],
  ["the last agent is paused", (of) => pauseAgent(here.admin, { agentId: at(of, 2).agentId }), "agent_paused"],
  [
    "the middle agent's owner is suspended",
    (of) => suspendPerson(here.admin, { personId: of.owners[1]?.actor.personId ?? "" }),
    "owner_suspended",
  ],
  ["the grant is revoked", (of) => revokeGrant(of.owner, of), "grant_revoked"],
  ["the person pauses all that they lend", (of) => pauseLending(of.owner, of.owner.actor), "person_paused"],
  ["the person is suspended", (of) => suspendPerson(here.admin, { personId: of.owner.actor.personId }), "person_suspended"],
];

describe("a call at the end of a chain that waits for its token while", () => {
  it.each(ENDINGS)("%s, is refused, and the SaaS's API hears nothing", async (_what, end, reason) => {
    const crew = await band(here, 3);
    const tokens = await tokensAlong(here.core, crew);
    here.saas.control.hold();
    const before = here.saas.calls.filter((one) => one.path.startsWith("/api/issues")).length;
    const pending = call(here.core, tokens[2] as string, "/api/issues");
    await here.saas.control.held(1);
    await end(crew, tokens);
    here.saas.control.release();
    const answer = await pending;
    expect([answer.status, (await answer.json()).reason]).toEqual([403, reason]);
    expect(here.saas.calls.filter((one) => one.path.startsWith("/api/issues")).length).toBe(before);
    expect((await usesOf(here.core, crew.grantId)).at(-1)).toMatchObject({ event: "gateway.call", decision: "refused", reason });
  });
});

describe("of 48 calls and hand-ons at the end of a chain that run while", () => {
  it.each(ENDINGS.filter((_, index) => [0, 2, 5, 7, 8].includes(index)))(
    "%s, none is admitted after that has answered",
    async (_what, end, reason) => {
      const crew = await band(here, 4);
      const three = { ...crew, agents: crew.agents.slice(0, 3) as unknown as Band["agents"] };
      const tokens = await tokensAlong(here.core, three);
      const third = tokens[2] as string;
      expect((await call(here.core, third, "/api/issues")).status).toBe(200);
      const delegationId = hopOf(third).delegationId;
      const allowed = () =>
        here.core.db.activity.count({
          where: {
            grantId: crew.grantId,
            decision: "allowed",
            agentId: at(crew, 2).agentId,
            OR: [{ delegationId }, { event: "token.hand_on" }],
          },
        });
      const outcomes: Promise<number>[] = [];
      const work = (index: number) =>
        index % 8 === 7 ? handOn(here.core, at(crew, 2), third, at(crew, 3)) : call(here.core, third, "/api/issues");
      const begin = (count: number) => {
        for (let index = 0; index < count; index += 1) outcomes.push(work(index).then(({ status }) => status));
      };
      begin(24);
      await Promise.race(outcomes);
      const ending = end(crew, tokens);
      begin(12);
      await ending;
      const admitted = await allowed();
      begin(12);
      const statuses = await Promise.all(outcomes);
      expect(await allowed()).toBe(admitted);
      expect(statuses.slice(36).every((status) => status === 403 || status === 400)).toBe(true);
      const rows = (await usesOf(here.core, crew.grantId)).slice(-48);
      expect(
        [...new Set(rows.filter((row) => row.decision === "refused").map((row) => row.reason))].filter((one) => one !== "token_spent"),
      ).toEqual([reason]);
    },
  );
});

describe("the gate itself", () => {
  /** A transaction of somebody who ends something, open: whoever asks meanwhile has to wait for how it ends. */
  async function whileOpen(sql: string, id: string, finish: "commit" | "rollback", work: () => Promise<Response>) {
    const other = await writingSide(here.core.db).pool.connect();
    try {
      await other.query("begin");
      await other.query(sql, [id]);
      let settled = false;
      const pending = work().finally(() => {
        settled = true;
      });
      await waitUntilBlocked(other);
      expect(settled).toBe(false);
      await other.query(finish);
      return await pending;
    } finally {
      other.release();
    }
  }

  async function waitUntilBlocked(client: { query(text: string): Promise<{ rows: unknown[] }> }) {
    for (let tries = 0; tries < 2000; tries += 1) {
      const { rows } = await client.query(
        "select 1 from pg_stat_activity where datname = current_database() and pg_backend_pid() = any(pg_blocking_pids(pid))",
      );
      if (rows.length > 0) return;
    }
    throw new Error("Nobody waited.");
  }

  const HELD: [what: string, sql: string, id: (of: Band, tokens: string[]) => string, reason: string][] = [
    ["a link", "update agent_links set revoked_at = now() where id = $1", (of) => of.links[0]?.id ?? "", "link_revoked"],
    [
      "a hop",
      "update delegations set revoked_at = now() where id = $1",
      (_of, tokens) => hopOf(tokens[1]).delegationId,
      "delegation_revoked",
    ],
    ["an agent", "update agents set status = 'paused' where id = $1", (of) => at(of, 1).agentId, "agent_paused"],
    ["an owner", "update people set status = 'suspended' where id = $1", (of) => of.owners[1]?.actor.personId ?? "", "owner_suspended"],
    ["the grant", "update grants set revoked_at = now() where id = $1", (of) => of.grantId, "grant_revoked"],
  ];

  it.each(HELD)(
    "waits for whoever is about to end %s: a call is refused when they did, and goes on when they did not",
    async (_what, sql, id, reason) => {
      const crew = await band(here, 3);
      const tokens = await tokensAlong(here.core, crew);
      const use = () => call(here.core, tokens[2] as string, "/api/issues");
      expect((await use()).status).toBe(200);
      expect((await whileOpen(sql, id(crew, tokens), "rollback", use)).status).toBe(200);
      const refused = await whileOpen(sql, id(crew, tokens), "commit", use);
      expect([refused.status, (await refused.json()).reason]).toEqual([403, reason]);
    },
  );

  it.each(HELD)("waits for whoever is about to end %s before it hands on", async (_what, sql, id, reason) => {
    const crew = await band(here, 3);
    const two = { ...crew, agents: crew.agents.slice(0, 2) as unknown as Band["agents"] };
    const tokens = await tokensAlong(here.core, two);
    const refused = await whileOpen(sql, id(crew, tokens), "commit", () =>
      handOn(here.core, at(crew, 1), tokens[1] as string, at(crew, 2)),
    );
    expect([refused.status, (await refused.json()).reason]).toEqual([400, reason]);
    expect(await here.core.db.delegation.count({ where: { grantId: crew.grantId } })).toBe(1);
  });
});

describe("a token that many hand on at once", () => {
  it("is handed on once, and leaves one hop", async () => {
    const crew = await band(here, 2);
    const [token] = await tokensAlong(here.core, { ...crew, agents: [at(crew, 0)] });
    const answers = await Promise.all(Array.from({ length: 16 }, () => handOn(here.core, at(crew, 0), token as string, at(crew, 1))));
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    expect(bodies.filter((body) => body.access_token)).toHaveLength(1);
    expect(bodies.filter((body) => body.reason === "token_spent")).toHaveLength(15);
    expect(await here.core.db.delegation.count({ where: { grantId: crew.grantId } })).toBe(1);
    const rows = (await usesOf(here.core, crew.grantId)).filter((row) => row.event === "token.hand_on");
    expect(rows.filter((row) => row.decision === "allowed")).toHaveLength(1);
  });
});

describe("a chain that ends", () => {
  it("takes nothing from those before it: no token of theirs is ended at the SaaS", async () => {
    const crew = await band(here, 2);
    const tokens = await tokensAlong(here.core, crew);
    here.saas.control.hold();
    const pending = call(here.core, tokens[1] as string, "/api/issues");
    await here.saas.control.held(1);
    await revokeLink(crew.owner, { linkId: crew.links[0]?.id ?? "" });
    here.saas.control.release();
    expect((await pending).status).toBe(403);
    const lent = await here.core.db.lentToken.findMany({ where: { grantId: crew.grantId } });
    expect(lent.map(({ endedAt }) => endedAt)).toEqual([null]);
    expect((await call(here.core, tokens[0] as string, "/api/issues")).status).toBe(200);
  });
});
