/** How the pretend SaaS behaves where real ones differ. Data only: a test states the difference it is about. */
export interface Profile {
  /**
   * What `scope` on a refresh does. `narrow`: cuts the access token, the refresh token stays whole (Google).
   * `persist`: cuts the refresh token too, for good (GitLab). `ignore`: no effect (Microsoft). `refuse`: invalid_request.
   * `wider`: answers with every scope there is, which a careful client must not hand on.
   */
  readonly scopeOnRefresh: "narrow" | "persist" | "ignore" | "refuse" | "wider";
  /** `rotating`: each refresh gives a new refresh token. `stable`: the same stays good. `none`: no refresh token at all. */
  readonly rotation: "rotating" | "stable" | "none";
  /** How long a replaced refresh token still works. After that its use ends the family. `Infinity`: always (Microsoft). */
  readonly rotationGraceSeconds: number;
  /** A refresh ends the access tokens given before it (GitHub Apps, GitLab). */
  readonly refreshKillsAccess: boolean;
  /** What ends with a revoked token. `token`: an access token alone, a refresh token with its family. `absent`: 404. */
  readonly revocation: "token" | "family" | "grant" | "absent";
  /** Life of an access token in seconds; null: it never ends. Absent: `accessTokenSeconds` of the options. */
  readonly accessTokenSeconds?: number | null;
  /** What `expires_in` says, whatever is true. Absent: the truth. null: not sent. `string`: the number as a string. */
  readonly expiresIn?: number | null | "string";
  /** `nested`: the tokens of a code lie under `authed_user`, with `ok` beside them (Slack). A refresh answers flat, with `ok`. */
  readonly tokenAnswer: "flat" | "nested";
  /** Token endpoint errors answer HTTP 200 (Slack, GitHub). */
  readonly errorsAs200: boolean;
  /** The token endpoint answers form-encoded unless JSON is asked for (GitHub). */
  readonly formUnlessAsked: boolean;
  /** The answer leaves `scope` out. */
  readonly omitScope: boolean;
  /** Members added to each token answer; `{base}` in a string becomes the SaaS's own address (Salesforce's `instance_url`). */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly iss: "right" | "wrong" | "absent";
  /** Scopes that the person takes out at consent although they were asked for. */
  readonly partialConsent: readonly string[];
  /** Scopes that come on top at consent although nobody asked (Google's merged grants). */
  readonly widerConsent: readonly string[];
  readonly scopeParameter: "scope" | "user_scope";
  /** Between scopes in requests. */
  readonly separator: " " | ",";
  /** Between scopes in answers. Absent: as in requests. */
  readonly answerSeparator?: " " | ",";
  readonly pkce: "required" | "optional" | "ignored";
  /** A way to a smaller token beside refresh: RFC 8693 at the token endpoint (Box), GitHub's `token/scoped`, or Google's boundary. */
  readonly downscope: "absent" | "rfc8693" | "github" | "boundary";
  /**
   * What the answer with a smaller token says. `wider`: it is as wide as the first, and says so. `nothing`: not what it opens.
   * `no_end`: not when it ends. `restricted_to`: what it opens, in a list instead of `scope` (Box).
   */
  readonly downscopeTells: "truth" | "wider" | "nothing" | "no_end" | "restricted_to";
  /** A refresh also ends the smaller tokens made from older access tokens. */
  readonly refreshKillsDerived: boolean;
  /** A GitHub App's permissions, as scopes: nobody asks for any, and no answer names them. null: scopes are asked for. */
  readonly appScopes: readonly string[] | null;
  /** First path segment under which everything lives; null: none. Anything outside it is a 404. */
  readonly tenant: string | null;
}

/** The demo's own behaviour: everything the RFCs ask for, nothing forgiven. */
export const STRICT: Profile = {
  scopeOnRefresh: "narrow",
  rotation: "rotating",
  rotationGraceSeconds: 0,
  refreshKillsAccess: false,
  revocation: "token",
  tokenAnswer: "flat",
  errorsAs200: false,
  formUnlessAsked: false,
  omitScope: false,
  extra: {},
  iss: "right",
  partialConsent: [],
  widerConsent: [],
  scopeParameter: "scope",
  separator: " ",
  pkce: "required",
  downscope: "absent",
  downscopeTells: "truth",
  refreshKillsDerived: false,
  appScopes: null,
  tenant: null,
};

/** Differences from STRICT that make the token side behave like a known SaaS. Spread what you need into `profile`. */
export const LIKE = {
  githubOAuthApp: {
    rotation: "none",
    accessTokenSeconds: null,
    expiresIn: null,
    errorsAs200: true,
    formUnlessAsked: true,
    answerSeparator: ",",
    pkce: "optional",
  },
  githubApp: {
    refreshKillsAccess: true,
    errorsAs200: true,
    scopeOnRefresh: "ignore",
    downscope: "github",
    appScopes: ["profile:read", "issues:read", "issues:write"],
  },
  gitlab: { scopeOnRefresh: "persist", refreshKillsAccess: true },
  google: { rotation: "stable", revocation: "grant", iss: "absent" },
  googleCloud: { rotation: "stable", revocation: "grant", iss: "absent", downscope: "boundary" },
  microsoft: { scopeOnRefresh: "ignore", rotationGraceSeconds: Number.POSITIVE_INFINITY, revocation: "absent" },
  slack: {
    scopeOnRefresh: "refuse",
    tokenAnswer: "nested",
    errorsAs200: true,
    separator: ",",
    scopeParameter: "user_scope",
    iss: "absent",
  },
  box: { downscope: "rfc8693", downscopeTells: "restricted_to", pkce: "ignored", iss: "absent", revocation: "grant" },
} as const satisfies Record<string, Partial<Profile>>;
