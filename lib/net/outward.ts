import type { Core } from "../ctx";

type Outward = Pick<Core, "upstream" | "fetch">;

/**
 * The way out, guarded (`guard.ts`), and loaded when something first goes it: many exchanges ask nobody, and the first of a process should not
 * wait for what it does not use.
 */
export function openOutward(trustedHosts: ReadonlySet<string>): Outward {
  let open: Outward | null = null;
  const opened = async (): Promise<Outward> => {
    const { guardedDispatcher, guardedFetch } = await import("./guard");
    if (open) return open;
    const upstream = guardedDispatcher(trustedHosts);
    open = { upstream, fetch: guardedFetch(upstream) };
    return open;
  };
  return {
    upstream: { request: async (options) => (open ?? (await opened())).upstream.request(options) },
    fetch: async (input, init) => (open ?? (await opened())).fetch(input, init),
  };
}
