import type { Rule } from "./connector";
import type { Listing } from "./listing";

/**
 * What hides several calls in one, by the shape of its body. Each is decided by every call inside it, and refused where one
 * of them cannot be told.
 */
export type BatchFormat =
  | "graph"
  | "multipart"
  | "asana"
  | "composite"
  | "composite_batch"
  | "composite_tree"
  | "composite_records"
  | "jsonrpc";

export interface Batch {
  /** Template as in `Rule`. */
  readonly path: string;
  readonly methods: readonly string[];
  readonly format: BatchFormat;
  /** What the paths inside begin with: put before them, or with `multipart` asked of them. */
  readonly prefix?: string;
  /** The SaaS's own bound, or less. */
  readonly callsMax: number;
}

/** Where a call says which resource it is about. */
export interface ResourcePlace {
  /** Template as in `Rule`, where `{}` captures a whole segment and `{app*}` one of that shape; several are joined by a slash. */
  readonly path: string;
  /**
   * For calls of this path: named by this parameter, of the query or of a form or JSON body, instead of by a segment. Beside
   * a place that captures a segment, it may be absent; when it is there, it has to be within as well.
   */
  readonly parameter?: string;
  /** From what stands there to how the resource is written; null when it cannot be told. */
  readonly read?: (text: string) => string | null;
}

/**
 * How a SaaS makes a token that works with single resources alone, out of a live one of the account (Google's Credential
 * Access Boundary). Its answer does not say what the token opens, so that one is the gateway's and is never handed out.
 */
export interface Boundary {
  /** Where it is asked for, by RFC 8693 with `options`; no client proves itself there. */
  readonly url: string;
  /** The scope that the token it is made of has to have, by name. */
  readonly source: string;
  /** Id of the kind of resource. */
  readonly kind: string;
  /** How the SaaS spells one, with `{}` for its name. */
  readonly resource: string;
  /** What it has to be allowed there, by our scope. For any other scope there is no such token. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  /** How many resources one token can be kept to. */
  readonly resourcesMax: number;
}

/** A kind of thing that a grant can be kept to: "only these repositories". Held by the gateway, save where `Boundary` or the policy says more. */
export interface ResourceKind {
  /** One word in lower case: it is a key in the API. */
  readonly id: string;
  /** "Only these repositories" */
  readonly label: string;
  readonly example: string;
  /** Anchored. What it does not match is no name of such a thing. */
  readonly pattern: RegExp;
  /** The SaaS tells no capitals from small letters. */
  readonly caseless?: boolean;
  /** Scopes that can be kept to some of these: of their calls, only those pass that name one. */
  readonly governs: readonly string[];
  /** Scopes about something else, which may be lent beside it. Any other scope cannot be lent with this bound. */
  readonly apart?: readonly string[];
  readonly named: readonly ResourcePlace[];
  /** Calls that name one and reach further than it: refused with this bound. */
  readonly beyond?: readonly Rule[];
  /** How a person is shown what there is. Absent: they write the names themselves. */
  readonly listing?: Listing;
}
