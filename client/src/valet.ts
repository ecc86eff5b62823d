import { type Access, readAccess } from "./access.ts";
import { readJson } from "./ask.ts";
import { ValetError, ValetRefusal, ValetUnreachable } from "./errors.ts";
import { readSettings, type Settings, type ValetOptions } from "./settings.ts";
import { type Lease, type LeaseOptions, Tokens } from "./tokens.ts";

export interface ValetFetchOptions extends RequestInit, LeaseOptions {}

/** An agent's way to what people lent it. Everything it needs is in the environment, or given. */
export class Valet {
  private readonly settings: Settings;
  private readonly tokens: Tokens;

  /** @throws ValetError that names the setting that is missing or wrong. */
  constructor(options: ValetOptions = {}) {
    this.settings = readSettings(options);
    this.tokens = new Tokens(this.settings);
  }

  /** An access token with at least thirty seconds to live, for a SaaS's own package: `auth: await valet.token("github")`. */
  async token(connector: string, options?: LeaseOptions): Promise<string> {
    return (await this.lease(connector, options)).accessToken;
  }

  /** The same with where it works (`apiBase`), until when, and what it may do. */
  lease(connector: string, options?: LeaseOptions): Promise<Lease> {
    return this.tokens.get(connector, options);
  }

  /**
   * `fetch` at a SaaS. What the SaaS answers is answered, whatever its status; what Valet refuses is thrown.
   *
   * @param path from the SaaS's API address on, with a slash: "/user".
   */
  async fetch(connector: string, path: string, { grant, scopes, ...init }: ValetFetchOptions = {}): Promise<Response> {
    if (!path.startsWith("/")) throw new ValetError("Begin the path with a slash: it goes behind the SaaS's own address.");
    const options = { ...(grant ? { grant } : {}), ...(scopes ? { scopes } : {}) };
    const lease = await this.lease(connector, options);
    const response = await this.send(lease, path, init);
    if (response.status !== 401 || init.body instanceof ReadableStream) return this.told(lease, response);
    // Ended or revoked before its time: one new token, one more try.
    this.tokens.forget(lease);
    await response.body?.cancel();
    const renewed = await this.lease(connector, options);
    return this.told(renewed, await this.send(renewed, path, init));
  }

  /** Forgets a lease whose token was refused before its end, so that the next one is fetched. `fetch` does so by itself. */
  forget(lease: Lease): void {
    this.tokens.forget(lease);
  }

  /** What this agent may do right now, for whom, and until when. */
  access(): Promise<Access> {
    return readAccess(this.settings);
  }

  /** The same Valet for one run: every token and call says that it belongs to it. */
  withRun(runId: string): Valet {
    return new Valet({ ...this.settings, runId });
  }

  private async send(lease: Lease, path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${lease.accessToken}`);
    // Only Valet is told of the run: a SaaS has no use for it.
    if (this.settings.runId && this.isGateway(lease)) headers.append("baggage", `valet.run_id=${encodeURIComponent(this.settings.runId)}`);
    return this.settings.fetch(lease.apiBase.replace(/\/$/, "") + path, { ...init, headers }).catch((cause: unknown) => {
      if (init.signal?.aborted || !this.isGateway(lease)) throw cause;
      throw new ValetUnreachable("Valet's gateway could not be reached. Nothing may be assumed of the call.", { cause });
    });
  }

  /** A forwarded answer names its use; one of Valet's own has a request id alone. */
  private async told(lease: Lease, response: Response): Promise<Response> {
    const own = this.isGateway(lease) && response.headers.has("valet-request-id") && !response.headers.has("valet-use-id");
    if (!own) return response;
    throw new ValetRefusal(response.status, (await readJson(response)) ?? {}, response.headers);
  }

  private isGateway({ apiBase }: Lease): boolean {
    return new URL(apiBase).origin === this.settings.url;
  }
}
