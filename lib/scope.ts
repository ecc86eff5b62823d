import type { Core, Log } from "./ctx";
import { type Span, tracedFetch } from "./tracing";

/** What one request is known by: it stands in every line of the log that is written for it. */
export interface Scope {
  readonly requestId: string;
  /** The caller's trace, or the one that begins here; undefined where there is none. */
  readonly traceId: string | undefined;
  /** The row of activity it is recorded in, once there is one. */
  useId?: string | undefined;
  /** Undefined where nothing is traced. */
  readonly span: Span | undefined;
}

/** The tools in the hand of one request: the log names it, and what is asked of a SaaS for it is a part of its trace. */
export function inScope(core: Core, scope: Scope): Core {
  const log = new ScopedLog(core.log, scope);
  return { ...core, scope, log, ...(scope.span ? { fetch: tracedFetch(core.fetch, scope.span) } : {}) };
}

class ScopedLog implements Log {
  constructor(
    private readonly log: Log,
    private readonly scope: Scope,
  ) {}

  info(event: string, fields?: Record<string, unknown>): void {
    this.log.info(event, this.#told(fields));
  }

  warn(event: string, fields?: Record<string, unknown>): void {
    this.log.warn(event, this.#told(fields));
  }

  error(event: string, fields?: Record<string, unknown>): void {
    this.log.error(event, this.#told(fields));
  }

  #told(fields: Record<string, unknown> | undefined): Record<string, unknown> {
    const { requestId, traceId, useId } = this.scope;
    return { requestId, ...(traceId ? { traceId } : {}), ...(useId ? { useId } : {}), ...fields };
  }
}
