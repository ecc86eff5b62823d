import type { ActivityView } from "./list";

/** What the tree has to know of a hop of a chain. */
export interface RunDelegation {
  readonly id: string;
  /** The hop before. */
  readonly parentId: string | null;
  /** The token that was spent for it: the use that it was issued in. */
  readonly parentJti: string;
  readonly expiresAt: Date;
}

export interface RunNode {
  /** `token`: one was asked for. `call`: one was spent. `unseen`: a token whose making is not in this part of the run. */
  readonly kind: "token" | "call" | "unseen";
  /** The use's id, which is the token's too. */
  readonly id: string;
  /** Of an unseen token: its making, when that stands in the run's other part; null when it is not there to be seen. */
  readonly row: ActivityView | null;
  /** Null but for tokens that were given. */
  readonly token: { readonly audience: string | null; readonly endsAt: Date | null } | null;
  /** What was done with it, in time. */
  readonly children: readonly RunNode[];
}

/** Everything that was done on one authority: a person's, or an agent's own. */
export interface RunBranch {
  readonly principal: { readonly kind: "person" | "agent" | "system"; readonly id: string; readonly name: string };
  readonly nodes: readonly RunNode[];
}

export interface RunPart {
  readonly branches: readonly RunBranch[];
  /** delegated | own | shared_key | self, in the order they came. */
  readonly patterns: readonly string[];
  /** A person's authority and an agent's own were both spent. */
  readonly hybrid: boolean;
}

export interface RunTree {
  /** Rows that a token of ours, or of the agent's platform, puts into this run. */
  readonly verified: RunPart;
  /** Rows whose callers say that they belong to it, and nobody else. */
  readonly claimed: RunPart;
}

/** Draws rows of one run as a tree: who authorised, which tokens were made of which, what was called with each. Pure; rows in any order. */
export function buildRunTree(runId: string, rows: readonly ActivityView[], delegations: readonly RunDelegation[]): RunTree {
  const hops = new Map(delegations.map((hop) => [hop.id, hop]));
  const known = new Map(rows.map((row) => [row.id, row]));
  const isVerified = (row: ActivityView) => row.runIdVerified === runId;
  return {
    verified: new Planting(rows.filter(isVerified), known, hops).grow(),
    claimed: new Planting(
      rows.filter((row) => !isVerified(row)),
      known,
      hops,
    ).grow(),
  };
}

interface Growing {
  readonly kind: RunNode["kind"];
  readonly id: string;
  readonly row: ActivityView | null;
  readonly token: RunNode["token"];
  readonly parent: Parent | null;
  readonly children: Growing[];
}

interface Parent {
  readonly tokenId: string;
  /** The hop that the parent's own token is of, when that is known. */
  readonly hopId: string | null;
}

class Planting {
  private readonly nodes = new Map<string, Growing>();
  private readonly tokenOfHop = new Map<string, string>();

  constructor(
    private readonly rows: readonly ActivityView[],
    private readonly known: ReadonlyMap<string, ActivityView>,
    private readonly hops: ReadonlyMap<string, RunDelegation>,
  ) {
    for (const row of known.values())
      if (isToken(row) && row.delegationId && row.decision === "allowed") this.tokenOfHop.set(row.delegationId, row.id);
  }

  grow(): RunPart {
    for (const row of this.rows) this.nodes.set(row.id, this.nodeOf(row));
    // A token that is not among the rows is placed by the first that hangs on it.
    const roots = [...this.nodes.values()].flatMap((node) => this.place(node));
    const patterns = [...new Set([...this.rows].sort(byTime).flatMap((row) => row.pattern ?? []))];
    return { branches: branchesOf(roots), patterns, hybrid: patterns.includes("own") && patterns.length > 1 };
  }

  private nodeOf(row: ActivityView): Growing {
    const given = isToken(row) && row.decision === "allowed";
    const hop = row.delegationId ? this.hops.get(row.delegationId) : undefined;
    const token = given ? tokenFacts(row, hop) : null;
    return { kind: isToken(row) ? "token" : "call", id: row.id, row, token, parent: this.parentOf(row, hop), children: [] };
  }

  private parentOf(row: ActivityView, hop: RunDelegation | undefined): Parent | null {
    if (isToken(row) && hop) return { tokenId: hop.parentJti, hopId: hop.parentId };
    const tokenId = row.tokenUseId ?? (isToken(row) ? null : (this.tokenOfHop.get(row.delegationId ?? "") ?? null));
    return tokenId === null || tokenId === row.id ? null : { tokenId, hopId: isToken(row) ? null : row.delegationId };
  }

  /** Hangs a node on its token, and answers what has become a root by that: itself, or an unseen token. */
  private place(node: Growing): Growing[] {
    if (!node.parent || this.isRound(node)) return [node];
    const present = this.nodes.get(node.parent.tokenId);
    if (present) {
      present.children.push(node);
      return [];
    }
    const unseen = this.unseen(node.parent);
    unseen.children.push(node);
    this.nodes.set(unseen.id, unseen);
    return this.place(unseen);
  }

  private unseen({ tokenId, hopId }: Parent): Growing {
    const hop = hopId ? this.hops.get(hopId) : undefined;
    const parent = hop ? { tokenId: hop.parentJti, hopId: hop.parentId } : null;
    return { kind: "unseen", id: tokenId, row: this.known.get(tokenId) ?? null, token: null, parent, children: [] };
  }

  /** Whether its tokens lead back to itself: records that cannot be, and that must not hang the page. */
  private isRound(node: Growing): boolean {
    const seen = new Set<string>();
    for (let at: Growing | undefined = node; at?.parent && !seen.has(at.id); at = this.nodes.get(at.parent.tokenId)) {
      if (at.parent.tokenId === node.id) return true;
      seen.add(at.id);
    }
    return false;
  }
}

function isToken(row: ActivityView): boolean {
  return row.event.startsWith("token.");
}

function tokenFacts(row: ActivityView, hop: RunDelegation | undefined): NonNullable<RunNode["token"]> {
  const told = (row.detail as { token?: { audience?: unknown; ends_at?: unknown } } | null)?.token;
  const endsAt = typeof told?.ends_at === "string" ? new Date(told.ends_at) : (hop?.expiresAt ?? null);
  return { audience: typeof told?.audience === "string" ? told.audience : null, endsAt };
}

function branchesOf(roots: readonly Growing[]): RunBranch[] {
  const branches = new Map<string, { principal: RunBranch["principal"]; nodes: Growing[] }>();
  for (const root of roots) {
    const principal = principalOf(root);
    const key = `${principal.kind} ${principal.id}`;
    branches.set(key, { principal, nodes: [...(branches.get(key)?.nodes ?? []), root] });
  }
  const sorted = [...branches.values()].map(({ principal, nodes }) => ({ principal, nodes: inTime(nodes) }));
  return sorted.sort((left, right) => compare(left.nodes[0], right.nodes[0]));
}

/** On whose authority: told by the row itself, or by what was done with the token. */
function principalOf(node: Growing): RunBranch["principal"] {
  const row = node.row ?? firstRow(node);
  if (row?.person && row.pattern !== "own") return { kind: "person", ...row.person };
  return row?.agent ? { kind: "agent", ...row.agent } : { kind: "system", id: "valet", name: "Valet" };
}

function firstRow(node: Growing): ActivityView | null {
  return node.row ?? node.children.map(firstRow).find((row) => row !== null) ?? null;
}

function inTime(nodes: readonly Growing[]): RunNode[] {
  return nodes.map(({ kind, id, row, token, children }) => ({ kind, id, row, token, children: inTime(children) })).sort(compare);
}

function compare(left: RunNode | undefined, right: RunNode | undefined): number {
  const [a, b] = [startOf(left), startOf(right)];
  return a.at - b.at || (a.id < b.id ? -1 : 1);
}

/** An unseen token is at least as old as the first thing that was done with it. */
function startOf(node: RunNode | undefined): { at: number; id: string } {
  if (!node) return { at: 0, id: "" };
  if (node.kind !== "unseen" && node.row) return { at: node.row.at.getTime(), id: node.id };
  return node.children[0] ? startOf(node.children[0]) : { at: 0, id: node.id };
}

function byTime(left: ActivityView, right: ActivityView): number {
  return left.at.getTime() - right.at.getTime() || (left.id < right.id ? -1 : 1);
}
