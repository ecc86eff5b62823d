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
    can: { upstream_failed: ["upstream_timed_out", "upstream_stalled", "upstream_unreachable", "destination_forbidden"] },
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
        ...["provider_timed_out", "provider_unreachable"],
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
