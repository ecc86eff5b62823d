import { randomBytes } from "node:crypto";
import type { Breakage } from "./breakage";
import { createBreakage } from "./breakage";
import type { Call } from "./calls";
import type { Gate } from "./gate";
import { createGate } from "./gate";
import { type Profile, STRICT } from "./profile";
import { type Seed, SMALL_COMPANY } from "./seed";

export interface Person {
  readonly id: string;
  readonly login: string;
  readonly name: string;
}

export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Compared byte for byte. */
  readonly redirectUris: readonly string[];
  /** The only scopes it may ask for. Absent: any. */
  readonly scopes?: readonly string[];
}

/** An authorization code: works once, for 60 seconds, for one client and one redirect URI. */
export interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  /** S256 challenge; null when none was sent and the profile allows that. */
  readonly challenge: string | null;
  readonly personId: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
  /** The family that this code's tokens belong to, so that a replay can end it. */
  readonly familyId: string;
  used: boolean;
}

/** A GitHub App: whoever signs with its key is it. */
export interface App {
  readonly id: number;
  readonly slug: string;
  readonly clientId: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
}

/** An app as it is installed on an account. */
export interface Installation {
  readonly id: number;
  readonly clientId: string;
  readonly account: { readonly id: number | string; readonly login: string; readonly type: "User" | "Organization" };
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  /** `owner/name`. */
  readonly repositories: readonly string[];
  /** Logins of those who may at least read one of its repositories: GitHub shows it to them. */
  readonly seenBy: readonly string[];
  /** Logins of the owners of the organization. */
  readonly owners: readonly string[];
}

export interface Token {
  /** Harmless name for logs and pages; the value is never shown. */
  readonly id: string;
  readonly kind: "access" | "refresh";
  readonly familyId: string;
  readonly clientId: string;
  readonly personId: string;
  scopes: readonly string[];
  /** null: never. */
  readonly expiresAtMs: number | null;
  /** Made smaller from another access token; a refresh does not end it. */
  readonly derived: boolean;
  /** `owner/name`; absent: all. */
  readonly repositories?: readonly string[] | undefined;
  /** Bucket to the roles it is bounded to there; absent: no boundary. */
  readonly buckets?: ReadonlyMap<string, readonly string[]> | undefined;
  ended: boolean;
  /** When a newer refresh token took its place; null while it is the newest. */
  replacedAtMs: number | null;
}

export type StreamListener = (event: string, data: unknown) => void;

export interface SaasOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Of the second server that serves downloads. Absent: the next port, or any free one when `port` is 0. */
  readonly storagePort?: number;
  readonly host?: string;
  readonly clock?: () => Date;
  readonly clients: readonly Client[];
  readonly people: readonly Person[];
  readonly apps?: readonly App[];
  readonly installations?: readonly Installation[];
  readonly profile?: Partial<Profile>;
  readonly seed?: Seed;
  /** Life of an access token. Default 600. */
  readonly accessTokenSeconds?: number;
  /** What must never arrive here: text that looks like somebody else's credential. Default: Valet's keys, and JWTs. */
  readonly foreignSecret?: RegExp;
}

export interface State {
  readonly options: SaasOptions;
  readonly signingKey: Buffer;
  readonly gate: Gate;
  readonly breakage: Breakage;
  readonly listeners: Set<StreamListener>;
  readonly calls: Call[];
  readonly codes: Map<string, Code>;
  readonly tokens: Map<string, Token>;
  /** With those that came of a manifest. */
  clients: Client[];
  apps: App[];
  installations: Installation[];
  /** Manifests that were agreed to, by the code that their app can be fetched with once. */
  readonly manifests: Map<string, Readonly<Record<string, unknown>>>;
  profile: Profile;
  data: Seed;
  /** Seconds that a test has moved the clock ahead. */
  aheadSeconds: number;
  /** Own address without a slash at the end, known once the server listens. Also the issuer. */
  base: string;
  /** Address of the download server. */
  storageUrl: string;
}

export function createState(options: SaasOptions): State {
  return {
    options,
    signingKey: randomBytes(32),
    gate: createGate(),
    breakage: createBreakage(),
    listeners: new Set(),
    calls: [],
    codes: new Map(),
    tokens: new Map(),
    clients: [...options.clients],
    apps: [...(options.apps ?? [])],
    installations: [...(options.installations ?? [])],
    manifests: new Map(),
    profile: { ...STRICT, ...options.profile },
    data: structuredClone(options.seed ?? SMALL_COMPANY),
    aheadSeconds: 0,
    base: "",
    storageUrl: "",
  };
}

/** Back to the seed: data, tokens, log, breakage and clock. Everybody who waits goes on. */
export function resetState(state: State): void {
  state.gate.open();
  state.breakage.repair();
  state.calls.length = 0;
  state.codes.clear();
  state.tokens.clear();
  state.manifests.clear();
  state.clients = [...state.options.clients];
  state.apps = [...(state.options.apps ?? [])];
  state.installations = [...(state.options.installations ?? [])];
  state.profile = { ...STRICT, ...state.options.profile };
  state.data = structuredClone(state.options.seed ?? SMALL_COMPANY);
  state.aheadSeconds = 0;
}

export function nowMs(state: State): number {
  const now = state.options.clock?.() ?? new Date();
  return now.getTime() + state.aheadSeconds * 1000;
}

export function nowText(state: State): string {
  return new Date(nowMs(state)).toISOString();
}

export function findPerson(state: State, by: { id?: string; login?: string }): Person | undefined {
  return state.options.people.find((person) => person.id === by.id || person.login === by.login);
}
