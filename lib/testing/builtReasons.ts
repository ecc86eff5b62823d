import type { HopEnd } from "../chains/rules";
import type { RefusalCode } from "../errors";
import type { StandingReason } from "../grants/rules";
import type { PersonStatus } from "../people/person";
import type { DenyReason } from "../policy/decide";
import type { KeyRefused } from "../tokens/publicKey";
import type { SecretKind } from "../tokens/secret";

/** Every member of a union: one that is missing or too many does not compile. */
const all = <Name extends string>(members: Record<Name, true>) => Object.keys(members) as Name[];

const DENIALS = all<DenyReason>({
  ...{ outside_grant: true, exception: true, unknown_call: true, graphql_unreadable: true, batch_unreadable: true },
  ...{ resource_not_lent: true, resource_unnamed: true, resource_unclear: true, resource_beyond: true },
});
const HOP_ENDS = all<HopEnd>({
  ...{ link_revoked: true, delegation_revoked: true, delegation_expired: true, token_revoked: true },
  ...{ agent_paused: true, owner_suspended: true },
});
/** Of those, a grant that is over has another refusal: `grant_ended`. */
type Over = "grant_revoked" | "grant_expired" | "connection_disconnected" | "key_ended" | "person_removed";
const WAITING = all<Exclude<StandingReason, Over>>({
  ...{ grant_suspended: true, grant_untested: true, agent_paused: true, person_paused: true, owner_suspended: true },
  ...{ person_suspended: true, connection_needs_reconnect: true },
});
const OUT = all<`person_${Exclude<PersonStatus, "active">}`>({ person_suspended: true, person_removed: true });
const KEYS = all<KeyRefused["reason"]>({ private_key: true, key_unreadable: true, key_unsuitable: true });
const SECRETS = all<`token_${Exclude<SecretKind, "rt">}`>({ token_agt: true, token_pat: true, token_inv: true });
const EXCHANGED = ["subject_token", "actor_token"].flatMap((what) => ["expired", "revoked", "unknown"].map((how) => `${what}_${how}`));
const NEEDED = ["client_assertion_type", "client_assertion", "token", "client_id", "device_code", "refresh_token"];

interface Built {
  /** How many refusals in this file have a reason that its source does not say in so many words. */
  readonly sites: number;
  readonly can?: Partial<Record<RefusalCode, readonly string[]>>;
}

/** What a reason can be where it is put together: `findReasons` cannot read it there. By file below `lib`. */
export const BUILT_REASONS: Readonly<Record<string, Built>> = {
  "agents/addKey.ts": { sites: 1, can: { invalid_request: KEYS } },
  "broker/proveActor.ts": {
    sites: 1,
    can: { invalid_request: ["type_unknown", "unknown", "delegated", "elsewhere", "bound"].map((what) => `actor_token_${what}`) },
  },
  "broker/refusedCall.ts": { sites: 1, can: { not_allowed: DENIALS } },
  "broker/refusedHop.ts": { sites: 1, can: { not_allowed: DENIALS } },
  // The same refusal, telling more.
  "broker/resolve.ts": { sites: 1 },
  "grants/smallestGrant.ts": { sites: 1 },
  "broker/revokeToken.ts": { sites: 1, can: { unsupported_token_type: SECRETS } },
  "broker/upstream.ts": {
    sites: 1,
    can: {
      upstream_failed: ["upstream_timed_out", "upstream_stalled", "upstream_unreachable", "upstream_certificate", "destination_forbidden"],
    },
  },
  "broker/verifyOurs.ts": { sites: 1, can: { invalid_request: EXCHANGED } },
  "chains/rules.ts": { sites: 1, can: { invalid_grant: HOP_ENDS } },
  "connections/listResources.ts": { sites: 1, can: { invalid_request: ["resource_kind_not_listed", "resource_kind_unknown"] } },
  "connections/narrowByGithub.ts": { sites: 1, can: { upstream_failed: ["provider_invalid_grant", "provider_refused"] } },
  "connections/recordKey.ts": { sites: 1, can: { invalid_scope: ["scope_unknown", "scope_missing"] } },
  "connections/tokenEndpoint.ts": {
    sites: 2,
    can: {
      upstream_failed: [
        ...["provider_invalid_grant", "provider_refused", "provider_bad_answer", "destination_forbidden"],
        ...["provider_timed_out", "provider_unreachable", "provider_certificate"],
      ],
    },
  },
  "connectors/scopes.ts": { sites: 1, can: { invalid_scope: ["scope_beyond_connection", "scope_beyond_grant", "scope_unknown"] } },
  "grants/extend.ts": { sites: 1, can: { conflict: WAITING } },
  // By its table, which is read.
  "grants/rules.ts": { sites: 1 },
  "people/identify.ts": { sites: 1, can: { forbidden: OUT } },
  // The other reason is kept inside: it becomes this one.
  "people/refreshTerminal.ts": { sites: 1, can: { invalid_code: ["refresh_token_dead"] } },
  // For the audit alone: who signs in is told nothing finer.
  "people/signIn.ts": { sites: 1 },
  "platform/rules.ts": { sites: 1, can: { invalid_scope: ["scope_unknown", "scope_missing"] } },
  "policy/accessDetails.ts": {
    sites: 1,
    can: { invalid_authorization_details: ["resource_kind_unknown", "resource_name", "resource_without_scope", "scope_not_enforceable"] },
  },
  // What was refused in the other process, as it was.
  "refresher/failures.ts": { sites: 1 },
  "wire/form.ts": {
    sites: 1,
    can: { invalid_request: [...NEEDED, "subject_token", "subject_token_type"].map((name) => `${name}_missing`) },
  },
  "wire/tokenExchange.ts": { sites: 1, can: { invalid_request: ["actor_token_missing", "actor_token_type_missing"] } },
};

/** The sentence of a reason, in general words, where the answer puts its own together. */
export const GENERAL_WORDS: Readonly<Record<string, string>> = {
  actor_token_bound: "actor_token is bound to a key that only its agent has. Let that agent ask for itself.",
  actor_token_delegated: "actor_token is one by which an agent acts for somebody else. Send one that it has for itself.",
  actor_token_elsewhere: "actor_token is for another place.",
  actor_token_type_unknown: "actor_token_type is not one that proves an agent here.",
  actor_token_type_missing: "Send actor_token and actor_token_type together, or neither.",
  ...exchangedWords("actor_token"),
  ...exchangedWords("subject_token"),
  ...Object.fromEntries(
    [...NEEDED, "subject_token", "subject_token_type"].map((name) => [`${name}_missing`, `${name} is missing.`] as const),
  ),
  conditions_too_wide: "The rule would let more than one workload in. Add conditions.",
  direct_not_possible: "This SaaS cannot be held to this grant by itself, so it cannot be delivered directly.",
  private_key: "That is a private key. Keep it, and send its public half.",
  key_unreadable: "That is not a public key that can be read.",
  key_unsuitable: "The key is of a kind, or too short, that is not taken here.",
  resource_kind_not_listed: "Things of this kind cannot be listed. Write their names.",
  resource_malformed: "resource is not an absolute address without a fragment.",
  subject_token_unproved: "The platform's token did not prove an agent.",
  delegation_expired: "What was handed on has ended.",
  delegation_revoked: "What was handed on was taken back.",
  link_revoked: "The first agent may not hand work on to the second any more.",
  token_revoked: "The token was revoked.",
  details_malformed: "authorization_details is not what this Valet takes.",
  resource_kind_unknown: "Valet cannot keep an agent to single things of this kind there.",
  resource_name: "A name is not written as this SaaS writes it.",
  resource_without_scope: "None of these permissions is about a thing of this kind.",
  scope_not_enforceable: "Calls of this permission do not say what they are about, so it cannot be kept to single things.",
  not_ended_there: "The SaaS did not, or cannot, end this token.",
  token_agt: "An agent's secret is ended on the agent's page.",
  token_inv: "An invitation is ended on its page.",
  token_pat: "An API token is ended on the Account page.",
  refresh_token_dead: "This refresh token is unknown, was used, or has ended.",
  person_removed: "The account of this person here is removed.",
  person_suspended: "The account of this person here is suspended.",
  outside_grant: "The call needs a permission that was not lent.",
  exception: "The call is refused whatever is lent.",
  unknown_call: "No rule knows this call, so it is refused.",
  batch_unreadable: "The calls inside the batch could not be read.",
  resource_not_lent: "The call is about something that was not lent.",
  resource_unnamed: "The call does not say what it is about, and the grant is kept to single things.",
  resource_unclear: "The call says in two ways what it is about.",
  resource_beyond: "The call reaches more than single things, and the grant is kept to some.",
  connection_needs_reconnect: "The account has to be connected again by its person.",
  grant_suspended: "The grant is suspended.",
  grant_untested: "The grant waits for its self-test.",
  owner_suspended: "The owner of the agent is not in good standing, so the agent is stopped.",
  person_paused: "The person has paused what they lend.",
  rule_taken: "Another agent has a rule that the same workload would meet.",
  provider_timed_out: "The SaaS did not answer in time.",
  upstream_timed_out: "The SaaS did not answer in time. It may have done what was asked: read before you repeat a write.",
  upstream_stalled: "The SaaS stopped in the middle of its answer. It may have done what was asked: read before you repeat a write.",
  upstream_unreachable: "The SaaS could not be reached.",
  upstream_certificate: "The SaaS showed a certificate that is not good, so nothing was sent there.",
  provider_certificate: "The SaaS showed a certificate that is not good, so nothing was sent there.",
  migration_refused: "The database could not be brought up to date.",
  restore_refused: "The backup could not be restored.",
};

function exchangedWords(what: string): Record<string, string> {
  return {
    [`${what}_expired`]: `${what} has ended.`,
    [`${what}_revoked`]: `${what} was revoked.`,
    [`${what}_unknown`]: `${what} is not an access token of this Valet.`,
  };
}
