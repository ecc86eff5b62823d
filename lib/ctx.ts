import type { Dispatcher } from "undici";
import type { Breakers } from "./breakers";
import type { ReadDb } from "./db";
import type { Refresher } from "./inRefresher";
import type { Leases } from "./leases";
import type { Limits } from "./limits";
import type { Metrics } from "./metrics";
import type { Once } from "./once";
import type { Scope } from "./scope";
import type { Settings } from "./settings";
import type { Sweeps } from "./sweeps";
import type { Signer } from "./tokens/signer";
import type { Tracing } from "./tracing";
import type { Turns } from "./turns";
import type { Vault } from "./vault/vault";

export type Role = "member" | "auditor" | "admin";

/** Time is a tool, so that a test can hold it. */
export interface Clock {
  now(): Date;
}

/** One line of JSON per event. Never given a secret: the fields are names, ids and counts. */
export interface Log {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

/** A person, by browser session or by their own token. */
export interface PersonActor {
  readonly kind: "person";
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly via: "browser" | "token";
}

/** Software, proved by one of its credentials. */
export interface AgentActor {
  readonly kind: "agent";
  readonly agentId: string;
  readonly name: string;
  readonly ownerId: string;
  /** What it proved itself by; null when a token of ours speaks for it. */
  readonly credentialId: string | null;
  /** Set where a secret proved it: before that instant the same secret does again, if nothing has changed. */
  readonly provedUntil?: Date;
  /** The run that its platform says it belongs to: a workload token names it. */
  readonly platformRunId?: string;
}

/** Valet itself: set-up, expiry, clean-up. */
export interface SystemActor {
  readonly kind: "system";
  readonly name: string;
}

export type Actor = PersonActor | AgentActor | SystemActor;

export interface Upstream {
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
}

/** The tools. Everything that keeps state between requests hangs here, once per process. */
export interface Core {
  readonly db: ReadDb;
  readonly clock: Clock;
  /** When this process began. */
  readonly startedAt: Date;
  readonly fetch: typeof fetch;
  /** Sends requests to a SaaS's API: follows no redirect, decodes nothing, reaches no private address. */
  readonly upstream: Upstream;
  readonly log: Log;
  readonly settings: Settings;
  readonly vault: Vault;
  readonly signer: Signer;
  readonly limits: Limits;
  readonly leases: Leases;
  readonly once: Once;
  readonly metrics: Metrics;
  /** Which SaaS is down, so that nobody waits for it. */
  readonly breakers: Breakers;
  readonly sweeps: Sweeps;
  /** Work under way in this process that others may wait for, by name: one refresh per connection. */
  readonly flights: Map<string, Promise<unknown>>;
  /** The same over all processes. */
  readonly turns: Turns;
  readonly tracing: Tracing;
  /** The request that these tools are in the hand of; undefined where it is none, such as a sweep. */
  readonly scope?: Scope;
  /** The process that alone opens what lasts and asks token endpoints. Null: this one does it itself. */
  readonly refresher: Refresher | null;
}

/** Core and who is asking. */
export interface Ctx extends Core {
  readonly actor: Actor;
  readonly requestId?: string;
}

/** Only a person may: the type says so. */
export interface PersonCtx extends Ctx {
  readonly actor: PersonActor;
}

/** The same tools in somebody's hand. */
export function asActor<A extends Actor>(core: Core, actor: A, requestId?: string): Ctx & { readonly actor: A } {
  return { ...core, actor, ...(requestId ? { requestId } : {}) };
}
