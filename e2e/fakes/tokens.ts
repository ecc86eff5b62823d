import { randomBytes } from "node:crypto";
import { nowMs, type State, type Token } from "./state";

/** What a token is issued for. */
export interface Holder {
  readonly familyId: string;
  readonly clientId: string;
  readonly personId: string;
  readonly scopes: readonly string[];
  readonly repositories?: readonly string[] | undefined;
  readonly buckets?: ReadonlyMap<string, readonly string[]> | undefined;
}

/** A token with the value that its client gets, which nothing but this pair and the map's key knows. */
export interface Issued {
  readonly value: string;
  readonly token: Token;
}

export function newSecret(kind: "at" | "rt" | "pat" | "code"): string {
  return `saas_${kind}_${randomBytes(32).toString("base64url")}`;
}

export function newFamilyId(): string {
  return `fam_${randomBytes(9).toString("hex")}`;
}

export function accessSeconds(state: State): number | null {
  const { accessTokenSeconds } = state.profile;
  return accessTokenSeconds === undefined ? (state.options.accessTokenSeconds ?? 600) : accessTokenSeconds;
}

export function issueAccess(state: State, holder: Holder, derivedFrom?: Token): Issued {
  const seconds = accessSeconds(state);
  const ownEndMs = seconds === null ? null : nowMs(state) + seconds * 1000;
  const expiresAtMs = derivedFrom ? derivedFrom.expiresAtMs : ownEndMs;
  return keep(state, newSecret("at"), { kind: "access", expiresAtMs, derived: derivedFrom !== undefined, ...holder });
}

/** Of an app as it is installed, for whole seconds of its own. */
export function issueInstallationAccess(state: State, holder: Holder, seconds: number): Issued {
  return keep(state, newSecret("at"), { kind: "access", expiresAtMs: nowMs(state) + seconds * 1000, derived: true, ...holder });
}

/** As people make them in their account's settings: without an end, and without an app behind it. */
export function issuePersonal(state: State, holder: Holder): Issued {
  return keep(state, newSecret("pat"), { kind: "access", expiresAtMs: null, derived: false, ...holder });
}

export function issueRefresh(state: State, holder: Holder): Issued {
  return keep(state, newSecret("rt"), { kind: "refresh", expiresAtMs: null, derived: false, ...holder });
}

function keep(state: State, value: string, about: Holder & Pick<Token, "kind" | "expiresAtMs" | "derived">): Issued {
  const token: Token = { id: `tok_${randomBytes(6).toString("hex")}`, ...about, ended: false, replacedAtMs: null };
  state.tokens.set(value, token);
  return { value, token };
}

export function tokenState(state: State, token: Token): "live" | "ended" | "expired" {
  if (token.ended) return "ended";
  return token.expiresAtMs !== null && token.expiresAtMs <= nowMs(state) ? "expired" : "live";
}

export function endFamily(state: State, familyId: string): void {
  for (const token of state.tokens.values()) if (token.familyId === familyId) token.ended = true;
}

/** Ends everything that a person gave to a client, or to all clients. */
export function endConsent(state: State, personId: string, clientId?: string): void {
  for (const token of state.tokens.values()) {
    const isTheirs = token.personId === personId && (clientId === undefined || token.clientId === clientId);
    if (isTheirs) token.ended = true;
  }
}

/** Ends the access tokens that came before a refresh. Smaller ones made from them live on, unless the profile says otherwise. */
export function endOlderAccess(state: State, familyId: string): void {
  const spared = (token: Token) => token.derived && !state.profile.refreshKillsDerived;
  for (const token of state.tokens.values())
    if (token.familyId === familyId && token.kind === "access" && !spared(token)) token.ended = true;
}
