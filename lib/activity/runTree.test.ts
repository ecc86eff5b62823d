import { describe, expect, it } from "vitest";
import { PERSON, runRow, tokenRow } from "../testing/runRows";
import { buildRunTree, type RunBranch, type RunDelegation, type RunNode } from "./runTree";

const ENDS = new Date("2026-03-02T09:10:00Z");

/** A node as `kind id`, or as `[kind id, ...children]`. */
type Drawn = string | readonly [string, ...Drawn[]];
const draw = ({ kind, id, children }: RunNode): Drawn => (children.length > 0 ? [`${kind} ${id}`, ...children.map(draw)] : `${kind} ${id}`);
const drawn = (branches: readonly RunBranch[]) =>
  branches.map(({ principal, nodes }) => [`${principal.kind} ${principal.name}`, ...nodes.map(draw)]);

function hop(id: string, parentJti: string, parentId: string | null = null): RunDelegation {
  return { id, parentId, parentJti, expiresAt: ENDS };
}

const agentNamed = (name: string) => ({ agent: { id: `agt_${name}`, name } });

describe("the tree of a run", () => {
  it("hangs calls on the token they were made with, in time, whatever order the rows come in", () => {
    const rows = [
      runRow("use_late", 9, { tokenUseId: "use_a" }),
      runRow("use_first", 1, { tokenUseId: "use_a" }),
      tokenRow("use_b", 5),
      runRow("use_b1", 6, { tokenUseId: "use_b" }),
      tokenRow("use_a", 0),
    ];
    const wanted = [["person Ada", ["token use_a", "call use_first", "call use_late"], ["token use_b", "call use_b1"]]];
    for (const given of [rows, [...rows].reverse(), [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))]) {
      const tree = buildRunTree("run-1", given, []);
      expect(drawn(tree.verified.branches)).toEqual(wanted);
      expect(tree.claimed).toEqual({ branches: [], patterns: [], hybrid: false });
    }
  });

  it("draws four hops below each other, with the calls of each", () => {
    const hops = [hop("dlg_1", "use_t0"), hop("dlg_2", "use_t1", "dlg_1"), hop("dlg_3", "use_t2", "dlg_2")];
    const rows = [
      tokenRow("use_t0", 0, agentNamed("On-call")),
      tokenRow("use_t1", 1, { event: "token.hand_on", delegationId: "dlg_1", ...agentNamed("Investigation") }),
      runRow("use_c1", 2, { tokenUseId: "use_t1", delegationId: "dlg_1", ...agentNamed("Investigation") }),
      tokenRow("use_t2", 3, { event: "token.hand_on", delegationId: "dlg_2", ...agentNamed("Monitoring") }),
      tokenRow("use_t3", 4, { event: "token.hand_on", delegationId: "dlg_3", ...agentNamed("Graphs") }),
      runRow("use_c3", 5, { tokenUseId: "use_t3", delegationId: "dlg_3", ...agentNamed("Graphs") }),
    ];
    const { verified } = buildRunTree("run-1", rows, hops);
    expect(drawn(verified.branches)).toEqual([
      ["person Ada", ["token use_t0", ["token use_t1", "call use_c1", ["token use_t2", ["token use_t3", "call use_c3"]]]]],
    ]);
    expect([verified.patterns, verified.hybrid]).toEqual([["delegated"], false]);
  });

  it("says hybrid when a person's authority and the agent's own were both spent, and keeps the two apart", () => {
    const own = { event: "token.own", pattern: "own", person: null, grantId: null, connectionId: null, connector: null } as const;
    const rows = [tokenRow("use_own", 0, own), tokenRow("use_lent", 1), runRow("use_c", 2, { tokenUseId: "use_lent" })];
    const { verified } = buildRunTree("run-1", rows, []);
    expect(drawn(verified.branches)).toEqual([
      ["agent On-call", "token use_own"],
      ["person Ada", ["token use_lent", "call use_c"]],
    ]);
    expect([verified.patterns, verified.hybrid]).toEqual([["own", "delegated"], true]);
    const selfAndLent = buildRunTree("run-1", [runRow("use_s", 0, { pattern: "self" }), tokenRow("use_lent", 1)], []);
    expect(selfAndLent.verified.hybrid).toBe(false);
  });

  it("says where a token works and when it ends, by its row or by its hop; of a refused one nothing", () => {
    const told = { token: { audience: "http://valet.test/proxy/demo", ends_at: "2026-03-02T09:15:00.000Z" } };
    const rows = [
      tokenRow("use_a", 0, { detail: told }),
      tokenRow("use_b", 1, { event: "token.hand_on", delegationId: "dlg_1" }),
      tokenRow("use_c", 2, { decision: "refused", detail: told }),
    ];
    const [branch] = buildRunTree("run-1", rows, [hop("dlg_1", "use_a")]).verified.branches;
    const [a, c] = branch?.nodes ?? [];
    expect(a?.token).toEqual({ audience: told.token.audience, endsAt: new Date("2026-03-02T09:15:00Z") });
    expect(a?.children[0]?.token).toEqual({ audience: null, endsAt: ENDS });
    expect([c?.kind, c?.row?.decision, c?.token]).toEqual(["token", "refused", null]);
  });

  it("keeps apart what only says that it belongs: with a token that is verified told as such", () => {
    const rows = [
      tokenRow("use_t", 0),
      runRow("use_v", 1, { tokenUseId: "use_t" }),
      runRow("use_said", 2, { tokenUseId: "use_t", runIdVerified: null, runIdClaimed: "run-1" }),
      runRow("use_other", 3, { runIdVerified: "run-2", runIdClaimed: "run-1" }),
    ];
    const tree = buildRunTree("run-1", rows, []);
    expect(drawn(tree.verified.branches)).toEqual([["person Ada", ["token use_t", "call use_v"]]]);
    expect(drawn(tree.claimed.branches)).toEqual([["person Ada", ["unseen use_t", "call use_said"], "call use_other"]]);
    expect(tree.claimed.branches[0]?.nodes[0]?.row?.id).toBe("use_t");
  });

  it("draws calls whose token is not there under one that is not seen, once, and calls without any by themselves", () => {
    const rows = [
      runRow("use_1", 1, { tokenUseId: "use_gone" }),
      runRow("use_2", 2, { tokenUseId: "use_gone" }),
      runRow("use_alone", 0, { acting: "person", pattern: "self", agent: null }),
    ];
    const { verified } = buildRunTree("run-1", rows, []);
    expect(drawn(verified.branches)).toEqual([["person Ada", "call use_alone", ["unseen use_gone", "call use_1", "call use_2"]]]);
    expect(verified.branches[0]?.nodes[1]).toMatchObject({ row: null, token: null });
    expect(verified.branches[0]?.principal).toEqual({ kind: "person", ...PERSON });
  });

  it("keeps the chain whole where a hop in the middle may not be seen", () => {
    const hops = [hop("dlg_1", "use_t0"), hop("dlg_2", "use_t1", "dlg_1"), hop("dlg_3", "use_t2", "dlg_2")];
    const rows = [tokenRow("use_t0", 0), runRow("use_c3", 5, { tokenUseId: "use_t3", delegationId: "dlg_3" })];
    expect(drawn(buildRunTree("run-1", rows, hops).verified.branches)).toEqual([
      ["person Ada", ["token use_t0", ["unseen use_t1", ["unseen use_t2", ["unseen use_t3", "call use_c3"]]]]],
    ]);
  });

  it("finds the token of a call by its hop where the row names no token", () => {
    const rows = [
      tokenRow("use_t0", 0),
      tokenRow("use_t1", 1, { event: "token.hand_on", delegationId: "dlg_1" }),
      runRow("use_c", 2, { delegationId: "dlg_1" }),
    ];
    expect(drawn(buildRunTree("run-1", rows, [hop("dlg_1", "use_t0")]).verified.branches)).toEqual([
      ["person Ada", ["token use_t0", ["token use_t1", "call use_c"]]],
    ]);
  });

  it("draws refused uses where they happened", () => {
    const refused = { decision: "refused", reason: "not_lent" } as const;
    const rows = [
      tokenRow("use_t", 0),
      runRow("use_no", 1, { tokenUseId: "use_t", ...refused }),
      tokenRow("use_nobody", 2, { ...refused, person: null, grantId: null, pattern: null }),
    ];
    expect(drawn(buildRunTree("run-1", rows, []).verified.branches)).toEqual([
      ["person Ada", ["token use_t", "call use_no"]],
      ["agent On-call", "token use_nobody"],
    ]);
  });

  it("comes to an end, with every row in it once, over records that lead back to themselves", () => {
    const hops = [hop("dlg_1", "use_b", "dlg_2"), hop("dlg_2", "use_a", "dlg_1")];
    const handedOn = (id: string, delegationId: string) => tokenRow(id, 0, { event: "token.hand_on", delegationId });
    const rows = [
      handedOn("use_a", "dlg_1"),
      handedOn("use_b", "dlg_2"),
      tokenRow("use_self", 1, { tokenUseId: "use_self" }),
      runRow("use_c", 2, { tokenUseId: "use_a" }),
    ];
    expect(drawn(buildRunTree("run-1", rows, hops).verified.branches)).toEqual([
      ["person Ada", ["token use_a", "call use_c"], "token use_b", "token use_self"],
    ]);
    const unseen = [runRow("use_c", 2, { tokenUseId: "use_x", delegationId: "dlg_1" })];
    expect(drawn(buildRunTree("run-1", unseen, hops).verified.branches)).toHaveLength(1);
  });
});
