import type { Batch, Boundary, ResourceKind } from "./beyondScopes";
import type { Probe } from "./probes";

/** What one call may do to an account, weakest first. */
export const ACCESS_LEVELS = ["read", "write", "admin"] as const;
export type Access = (typeof ACCESS_LEVELS)[number];

/**
 * A shape of request that a scope opens at the gateway. What no granted scope opens is refused.
 *
 * `path` is a template over the path below the connector's API base: `*` inside a segment matches any run of
 * characters but `/`, a last segment `**` matches the rest (also none). Everything else is literal, case-sensitive.
 */
export interface Rule {
  readonly methods: readonly string[];
  readonly path: string;
  /** Only when the body is one GraphQL document whose every operation is of this kind. */
  readonly graphql?: "query" | "mutation";
  /** With `graphql`: the only root fields this rule opens. Absent: any. */
  readonly rootFields?: readonly string[];
  /** Only when the body is JSON-RPC, and its method is one of these. */
  readonly rpc?: readonly string[];
}

/**
 * One permission a person can lend.
 *
 * A scope with `virtual: true` does not exist at the SaaS: it is a smaller part of the scopes that contain it,
 * and only Valet's gateway can hold an agent to it. One that no scope contains is about the account as a whole:
 * every connection holds it, and lending another scope does not bring it along.
 */
export interface ConnectorScope {
  /** The SaaS's own name, or Valet's for a virtual scope. */
  readonly name: string;
  /** Plain words, a verb first: "Read issues". */
  readonly label: string;
  readonly access: Access;
  readonly virtual?: boolean;
  /** Asked for on connecting unless the person says otherwise. Only read scopes may be. */
  readonly preset?: boolean;
  /** Asked for whatever the person chose: without it the SaaS does not say whose account it is. Lent like any other. */
  readonly always?: boolean;
  /** Needed by the protocol itself (`openid`, `offline_access`): asked for always, never shown as a permission. */
  readonly protocol?: boolean;
  /** Other spellings of the name in the SaaS's answers. */
  readonly alsoKnownAs?: readonly string[];
  /** Smaller scopes that are within this one, by name, transitively. */
  readonly contains?: readonly string[];
  /**
   * Scopes that widen what this one's requests reach, without a trace in method or path (Slack answers direct messages
   * through the call that answers channels). The gateway cannot hold an agent to this scope while the account's token
   * carries one of these, so it lends them together or not at all. A token that the SaaS itself narrowed can.
   */
  readonly inseparableFrom?: readonly string[];
  readonly opens: readonly Rule[];
}

/** A request the gateway refuses whatever was granted, with the reason the agent is told. */
export interface Exception {
  readonly methods: readonly string[];
  readonly path: string;
  readonly why: string;
}

/** What a token endpoint answered, already parsed from JSON or from a form. */
export type TokenBody = Record<string, unknown>;

/** How tokens are asked for, where the form of RFC 6749 at one address is not what this SaaS takes. */
export interface TokenRequest {
  /** The members as one JSON object instead of a form; a revocation by RFC 7009 goes in the same format. */
  readonly format?: "json";
  /** Further members of every token request. Numbers stay numbers in JSON. */
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** Where a refresh token is spent, when that is not `tokenUrl`. */
  readonly refreshUrl?: string;
}

export interface ConnectorOAuth {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** The issuer that a callback's `iss` must equal (RFC 9207), when this SaaS has one. */
  readonly issuer: string | null;
  /** Whether a callback without `iss` is refused. A wrong one is refused always. */
  readonly issuerInCallback: "required" | "when_present";
  readonly clientAuth: "basic" | "post";
  readonly pkce: boolean;
  /** `none`: what is granted is not for this walk to say. */
  readonly scopeParameter: "scope" | "user_scope" | "none";
  readonly scopeSeparator: " " | ",";
  readonly authorizeParameters: Readonly<Record<string, string>>;
  /** Where the SaaS nests or renames members: brings the answer into RFC 6749 section 5.1 form. */
  readonly normalizeToken?: (body: TokenBody) => TokenBody;
  readonly tokenRequest?: TokenRequest;
}

/** GitHub's own names of what an app may do, with how far: `{"issues": "read"}`. */
export type AppPermissions = Readonly<Record<string, Access>>;

/**
 * How this SaaS itself makes a token narrower than the account's, and leaves the account's whole. `none` also where asking
 * would shrink the connection for good, or where the facts are not there.
 */
export type Narrowing =
  | { readonly how: "none" }
  /**
   * `scope` on refresh cuts the access token, and the refresh token keeps its scopes (RFC 6749 section 6). With `boundary` the
   * gateway's own token can be kept to single things as well.
   */
  | { readonly how: "refresh_scope"; readonly boundary?: Boundary }
  /** RFC 8693 at `tokenUrl`, with the account's access token as the subject: which of the SaaS's scopes to ask for, by ours. */
  | { readonly how: "token_exchange"; readonly scopes: Readonly<Record<string, readonly string[]>> }
  /** POST /applications/{client_id}/token/scoped below the API's base, for the person's token of a GitHub App. */
  | { readonly how: "github_scoped"; readonly permissions: Readonly<Record<string, AppPermissions>> }
  /** POST /app/installations/{id}/access_tokens below the API's base, by the app's own key. */
  | { readonly how: "github_installation"; readonly permissions: Readonly<Record<string, AppPermissions>> };

export interface ConnectorTokens {
  /** Usual life of an access token in seconds; null when the SaaS gives it no end. */
  readonly accessSeconds: number | null;
  /** `minted`: there is no refresh token, Valet's own key at the SaaS has each access token made. */
  readonly refresh: "none" | "rotating" | "stable" | "minted";
  readonly narrowing: Narrowing;
  /** A refresh kills the access token before it, also one already lent. */
  readonly refreshKillsAccess: boolean;
  /** After so many days without a refresh the SaaS ends the refresh token, as it documents. Absent: it names no such time. */
  readonly refreshIdleDays?: number;
}

/** How a token is ended at the SaaS, and how much ends with it. */
export interface ConnectorRevocation {
  readonly how: "rfc7009" | "github" | "bearer_post" | "bearer_delete" | "none";
  readonly url: string | null;
  /** `token`: that token alone can be ended. `connection`: ending any token ends the whole connection. */
  readonly reach: "token" | "connection" | "none";
  /** A sentence for the person when it cannot be done, or not exactly. */
  readonly note: string;
}

/** Who the account belongs to, asked with the fresh access token right after connecting. */
export interface ConnectorAccount {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly body?: string;
  /** Picks the stable id and a name people recognise; null when the answer is not what it should be. */
  readonly read: (body: unknown) => { id: string; name: string } | null;
  /** Where that id differs from one client of ours to the next: one that does not, from the token answer. Null when it is not told. */
  readonly idFromToken?: (token: unknown) => string | null;
}

/**
 * A value of the customer's own in a SaaS's addresses: `{tenant}` in every url of the connector stands for it. An admin
 * gives it once, with the client. The pattern is anchored and lets through nothing that could change the host's end.
 */
export interface ConnectorTenant {
  /** "Your Zendesk subdomain" */
  readonly label: string;
  readonly example: string;
  readonly pattern: RegExp;
}

/** Where the API lives per account: the SaaS says it on connecting, and only hosts of the pattern are believed. */
export interface AccountApi {
  readonly from: "token" | "account";
  /** With `account`, where neither answer says it: asked by GET with the access token, and `read` gets this answer instead. */
  readonly url?: string;
  /** The base url in that answer; null when it is not there. */
  readonly read: (body: unknown) => string | null;
  /** Anchored, over the whole base url. */
  readonly allowed: RegExp;
}

export interface ConnectorApi {
  /** Absolute, without a slash at the end. The gateway appends the path below `/proxy/{connector}`. */
  readonly baseUrl: string;
  /** Where some paths live at another host of the same SaaS: longest prefix wins. */
  readonly hosts?: readonly { readonly prefix: string; readonly origin: string }[];
  /** Set where `baseUrl` is only a stand-in and each account has its own. */
  readonly perAccount?: AccountApi;
  /** The path that speaks GraphQL, if any. */
  readonly graphqlPath?: string;
  /** Paths that take several calls in one. */
  readonly batches?: readonly Batch[];
  /** Every path of this API ends with a slash. Rules are written without it: the gateway takes it off, and puts it on again. */
  readonly trailingSlash?: boolean;
  /** The header that takes the bare token, in lower case, where it is not `Authorization: Bearer`. */
  readonly tokenHeader?: string;
  /** Where this API also takes a token: a parameter of the query, a form or a JSON body. The gateway lets none through. */
  readonly tokenParameter?: string;
  /**
   * Places that links spell otherwise than rules do, the links' spelling first: GitHub pages through `/repositories/{number}`.
   * A link to the very place that was asked leads back to it as it was asked.
   */
  readonly linkSpellings?: readonly (readonly [inLinks: string, inRules: string])[];
  /**
   * Where JSON answers carry absolute links within the API that client packages follow with their token: members by path from
   * the root. The gateway leads them back through itself.
   */
  readonly bodyLinks?: readonly string[];
}

/** All that Valet knows of one SaaS. Data first; a function only where this SaaS is odd. */
export interface Connector {
  readonly id: string;
  readonly name: string;
  /** One sentence for the catalogue. */
  readonly summary: string;
  /** Two letters and a colour for the neutral tile. */
  readonly tile: { readonly letters: string; readonly color: string };
  readonly docsUrl: string;
  readonly tenant?: ConnectorTenant;
  /** Sent with Valet's own requests (token, account, revocation), and with a forwarded call that does not bring its own. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly oauth: ConnectorOAuth;
  readonly tokens: ConnectorTokens;
  readonly revocation: ConnectorRevocation;
  readonly account: ConnectorAccount;
  /**
   * Whether one person can hold several consents through the same client, each with tokens and scopes of its own that end
   * alone. Absent: no, and so wherever a second one would merge with the first, widen it or end it, or nobody confirmed that
   * it does not.
   */
  readonly separateConsent?: "works" | "no";
  /** Whether a second, read-only client of ours has consents of its own there. Absent: no. */
  readonly readRegistration?: "works" | "no";
  readonly api: ConnectorApi;
  readonly scopes: readonly ConnectorScope[];
  readonly exceptions: readonly Exception[];
  /** What a grant can be kept to, beyond its scopes. */
  readonly resources?: readonly ResourceKind[];
  /** What a self-test tries. */
  readonly probes?: readonly Probe[];
  /** Facts that were not confirmed against the live SaaS. They never decide anything in the permissive direction. */
  readonly unverified: readonly string[];
}

/** Endpoints that a setting may point elsewhere (tests, the demo, GitHub Enterprise). */
export interface EndpointOverrides {
  readonly authorizeUrl?: string;
  readonly tokenUrl?: string;
  readonly revokeUrl?: string;
  readonly accountUrl?: string;
  readonly apiBaseUrl?: string;
  readonly issuer?: string;
  readonly boundaryUrl?: string;
}
