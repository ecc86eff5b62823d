/** Where a breakage applies. `any` is every endpoint but the visible pages. */
export type Endpoint =
  | "authorize"
  | "consent"
  | "token"
  | "revoke"
  | "downscope"
  | "manifest"
  | "api"
  | "graphql"
  | "stream"
  | "download"
  | "upload"
  | "any";

/**
 * What goes wrong. `hang` waits for `release()` and then answers properly; `lost` does the work and cuts the line before
 * the answer; `drop` cuts the line at once; `access_denied` makes the person say no, at `consent` only.
 */
export type BreakMode =
  | "html"
  | "empty"
  | "cut_json"
  | "500"
  | "503"
  | "429"
  | "hang"
  | "drop"
  | "lost"
  | "200_error"
  | "redirect"
  | "huge"
  | "access_denied";

export interface BreakOptions {
  /** For `429` and `503`. Default 7. */
  readonly retryAfterSeconds?: number;
  /** For `redirect`. Default: a path at the download server, whose log shows what arrived. */
  readonly redirectTo?: string;
  /** For `huge`. Default 16 MiB. */
  readonly bytes?: number;
}

export interface Break extends BreakOptions {
  readonly mode: BreakMode;
}

export interface Breakage {
  breakNext(endpoint: Endpoint, mode: BreakMode, options?: BreakOptions): void;
  breakAll(endpoint: Endpoint, mode: BreakMode, options?: BreakOptions): void;
  repair(): void;
  /** The break that this request meets; one that was for the next request only is used up. */
  take(endpoint: Endpoint): Break | undefined;
}

export function createBreakage(): Breakage {
  let next: { endpoint: Endpoint; broken: Break }[] = [];
  const always = new Map<Endpoint, Break>();

  function takeNext(endpoint: Endpoint): Break | undefined {
    const index = next.findIndex((one) => one.endpoint === endpoint || one.endpoint === "any");
    return index < 0 ? undefined : next.splice(index, 1)[0]?.broken;
  }
  return {
    breakNext: (endpoint, mode, options) => {
      next.push({ endpoint, broken: { ...options, mode } });
    },
    breakAll: (endpoint, mode, options) => {
      always.set(endpoint, { ...options, mode });
    },
    repair: () => {
      next = [];
      always.clear();
    },
    take: (endpoint) => takeNext(endpoint) ?? always.get(endpoint) ?? always.get("any"),
  };
}

/** Which endpoint a request is for; null for the visible pages, which never break. */
export function endpointOf(method: string, path: string): Endpoint | null {
  if (path === "/oauth/authorize") return method === "POST" ? "consent" : "authorize";
  if (path === "/oauth/token") return "token";
  if (path === "/oauth/revoke" || path === "/installation/token") return "revoke";
  if (/^\/(applications\/|app\/installations\/|v1\/token$)/.test(path)) return "downscope";
  if (path.startsWith("/app-manifests/")) return "manifest";
  if (path === "/graphql") return "graphql";
  if (path === "/api/stream") return "stream";
  if (path.startsWith("/api/files") && path.endsWith("/content")) return "download";
  if (path === "/api/files" && method === "POST") return "upload";
  return /^\/(api|user|repos)\//.test(path) ? "api" : null;
}
