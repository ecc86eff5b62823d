export type Search = Readonly<Record<string, string | string[] | undefined>>;

const STATUSES = ["orphaned", "paused", "active"] as const;
export type Status = (typeof STATUSES)[number];

export interface Asked {
  readonly text: string;
  /** Those alone that are in this state. */
  readonly status: Status | undefined;
  /** From 1. */
  readonly page: number;
}

export interface Page<A> {
  readonly agents: readonly A[];
  readonly page: number;
  readonly pages: number;
}

const PAGE_SIZE = 100;

/** What makes no sense is left out: a link may be old. */
export function readAsked(search: Search): Asked {
  const text = typeof search.q === "string" ? search.q.trim().slice(0, 80) : "";
  const page = typeof search.page === "string" ? Number.parseInt(search.page, 10) : 1;
  const status = STATUSES.find((one) => one === search.status);
  return { text, status, page: Number.isFinite(page) && page > 0 ? page : 1 };
}

/** One page of those that are called so, or whose owner is; what needs somebody most (`STATUSES`, in order) comes first, and otherwise they stay as they came. */
export function pageOf<A extends { readonly name: string; readonly ownerName: string }>(
  agents: readonly A[],
  { text, status, page: asked }: Asked,
  statusOf: (agent: A) => Status,
): Page<A> {
  const wanted = text.toLowerCase();
  const called = agents.filter(({ name, ownerName }) => `${name}\n${ownerName}`.toLowerCase().includes(wanted));
  const sorted = STATUSES.filter((one) => status === undefined || one === status).flatMap((one) =>
    called.filter((agent) => statusOf(agent) === one),
  );
  const pages = Math.max(1, Math.ceil(sorted.length / PAGE_SIZE));
  const page = Math.min(pages, asked);
  return { agents: sorted.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE), page, pages };
}
