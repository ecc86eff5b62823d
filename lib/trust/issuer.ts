import { isAbsolute, normalize } from "node:path";
import type { TrustedIssuer as IssuerRecord } from "../generated/prisma/client";
import type { ForeignKeys } from "../tokens/foreignJwt";
import { ISSUER_KINDS, type IssuerKind } from "./rules";

export const KEY_SOURCES = ["discovery", "url", "inline", "file"] as const;
export type KeySource = (typeof KEY_SOURCES)[number];

/** From where the keys of each kind can come. A file is for what has no address that Valet reaches: a cluster, a trust domain. */
export const SOURCES: Readonly<Record<IssuerKind, readonly KeySource[]>> = {
  github_actions: ["discovery", "url", "inline"],
  gitlab: ["discovery", "url", "inline"],
  kubernetes: ["discovery", "url", "inline", "file"],
  oidc: ["discovery", "url", "inline", "file"],
  spiffe: ["url", "inline", "file"],
};

/** Somebody whose tokens prove workloads, as the code knows them. */
export interface TrustedIssuer {
  readonly id: string;
  readonly kind: IssuerKind;
  readonly name: string;
  /** As tokens say it in `iss`; for spiffe `spiffe://<trust domain>`. */
  readonly issuer: string;
  readonly keysFrom: KeySource;
  readonly keysAt: string | null;
  readonly kept: KeptKeys;
  /** When the keys that are kept were fetched, or pasted. Null: never. */
  readonly fetchedAt: Date | null;
  readonly sequence: bigint | null;
  readonly audience: string | null;
  readonly disabledAt: Date | null;
}

/** What the column `keys` holds: the last good keys, and how the last look went. */
export interface KeptKeys {
  readonly keys: ForeignKeys;
  /** Seconds after `fetchedAt` when to look again. */
  readonly refreshSeconds: number;
  /** Why the last look failed, when it did. Gone with the next good one. */
  readonly failure: { readonly at: Date; readonly sentence: string } | null;
}

const NO_KEYS: KeptKeys = { keys: [], refreshSeconds: 0, failure: null };

/** A record as the code knows it. What cannot be read counts for nothing: then there are no keys, and nobody is proved. */
export function asIssuer(record: IssuerRecord): TrustedIssuer {
  const kind = ISSUER_KINDS.find((known) => known === record.kind);
  const keysFrom = KEY_SOURCES.find((known) => known === record.keysFrom);
  if (!kind || !keysFrom) throw new Error(`The trusted issuer ${record.id} is of a kind that this version does not know.`);
  return { ...record, kind, keysFrom, kept: readKept(record.keys) };
}

function readKept(column: unknown): KeptKeys {
  const kept = column as { keys?: unknown; refreshSeconds?: unknown; failure?: { at?: unknown; sentence?: unknown } | null } | null;
  if (typeof kept !== "object" || kept === null || !Array.isArray(kept.keys)) return NO_KEYS;
  const { at, sentence } = kept.failure ?? {};
  const failure = typeof at === "string" && typeof sentence === "string" ? { at: new Date(at), sentence } : null;
  return { keys: kept.keys as ForeignKeys, refreshSeconds: Number(kept.refreshSeconds) || 0, failure };
}

/** The same as JSON for the column. */
export function keptColumn({ keys, refreshSeconds, failure }: KeptKeys): object {
  return { keys: [...keys], refreshSeconds, failure: failure ? { at: failure.at.toISOString(), sentence: failure.sentence } : null };
}

/** The names of keys, to be seen: those without one are told by their type. */
export function keyNames(keys: ForeignKeys): string[] {
  return keys.map((key) => key.kid ?? `${key.kty} without a name`);
}

/** Whether a text can stand in `iss` of a token that an admin trusts: an address, byte for byte, without what no issuer has. */
export function isIssuerAddress(text: string): boolean {
  const at = URL.canParse(text) ? new URL(text) : null;
  return at !== null && /^https?:$/.test(at.protocol) && !at.search && !at.hash && !at.username && !/\s/.test(text);
}

/** An absolute path without detours. */
export function isKeysPath(text: string): boolean {
  return isAbsolute(text) && normalize(text) === text && !text.includes("\0");
}
