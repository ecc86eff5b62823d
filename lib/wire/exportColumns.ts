import { changedIn } from "../activity/changed";
import type { ActivityView } from "../activity/list";
import type { RunSummary } from "../activity/readRun";
import type { DirectoryEntry } from "../agents/directory";
import type { ConnectionSummary } from "../connections/list";
import type { GrantView } from "../grants/list";
import type { Reach } from "../overview/access";
import type { PersonSummary } from "../people/list";
import type { Column } from "./rowFile";

const several = (texts: readonly string[]) => texts.join("; ");
const labels = (permissions: readonly { readonly label: string }[]) => several(permissions.map(({ label }) => label));

export const ACTIVITY: readonly Column<ActivityView>[] = [
  ["id", (row) => row.id],
  ["at", (row) => row.at],
  ["kind", (row) => row.kind],
  ["event", (row) => row.event],
  ["acting", (row) => row.acting],
  ["person_id", (row) => row.person?.id ?? null],
  ["person", (row) => row.person?.name ?? null],
  ["agent_id", (row) => row.agent?.id ?? null],
  ["agent", (row) => row.agent?.name ?? null],
  ["chain", (row) => row.chain.map(({ kind, name }) => `${kind} ${name}`).join(" > ")],
  ["connector", (row) => row.connector],
  ["connection_id", (row) => row.connectionId],
  ["grant_id", (row) => row.grantId],
  ["target", (row) => row.target],
  ["decision", (row) => row.decision],
  ["reason", (row) => row.reason],
  ["reason_text", (row) => row.reasonText],
  ["scopes", (row) => row.scopes.join(" ")],
  ["delivery", (row) => row.delivery],
  ["narrowed_by", (row) => row.narrowedBy],
  ["pattern", (row) => row.pattern],
  ["run_id", (row) => row.runId],
  ["trace_id", (row) => row.traceId],
  ["request_id", (row) => row.requestId],
  ["token_use_id", (row) => row.tokenUseId],
  ["upstream_status", (row) => row.upstreamStatus],
  ["duration_ms", (row) => row.durationMs],
  ["changed", (row) => several(changedIn(row).map(({ what, before, after }) => `${what}: ${before ?? "none"} -> ${after ?? "none"}`))],
];

export const CONNECTIONS: readonly Column<ConnectionSummary>[] = [
  ["id", (row) => row.id],
  ["connector", (row) => row.connector],
  ["service", (row) => row.connectorName],
  ["account_id", (row) => row.accountId],
  ["account", (row) => row.accountName],
  ["owner_id", (row) => row.ownerId],
  ["owner", (row) => row.ownerName],
  ["status", (row) => row.status],
  ["health", (row) => row.health],
  ["status_note", (row) => row.statusNote],
  ["permissions", (row) => labels(row.permissions)],
  ["withheld", (row) => labels(row.withheld)],
  ["scopes", (row) => row.scopes.join(" ")],
  ["live_grants", (row) => row.liveGrants],
  ["agents", (row) => several(row.agents.map(({ name }) => name))],
  ["connected_at", (row) => row.connectedAt],
  ["refreshed_at", (row) => row.refreshedAt],
  ["key_ends_at", (row) => row.keyEndsAt],
];

export const GRANTS: readonly Column<GrantView>[] = [
  ["id", (row) => row.id],
  ["agent_id", (row) => row.agentId],
  ["agent", (row) => row.agentName],
  ["person_id", (row) => row.personId],
  ["person", (row) => row.personName],
  ["connection_id", (row) => row.connectionId],
  ["connector", (row) => row.connector],
  ["account", (row) => row.accountName],
  ["access", (row) => row.access],
  ["permissions", (row) => labels(row.permissions)],
  ["scopes", (row) => row.scopes.join(" ")],
  ["limits", (row) => several(row.boundWords)],
  ["pattern", (row) => row.pattern],
  ["delivery", (row) => row.delivery],
  ["narrowed_by", (row) => row.narrowedBy],
  ["state", (row) => row.state],
  ["state_reason", (row) => row.stateReason],
  ["created_at", (row) => row.createdAt],
  ["expires_at", (row) => row.expiresAt],
  ["revoked_at", (row) => row.revokedAt],
  ["last_used_at", (row) => row.lastUsedAt],
  ["uses", (row) => row.uses],
];

export const AGENTS: readonly Column<DirectoryEntry>[] = [
  ["id", (row) => row.id],
  ["name", (row) => row.name],
  ["purpose", (row) => row.purpose],
  ["part", (row) => row.part],
  ["standing", (row) => row.standing],
  ["owner", (row) => row.ownerName],
  ["second_owner", (row) => row.secondOwnerName],
  ["sponsor", (row) => row.sponsorName],
  ["can_do", (row) => several(row.canDo.map(({ connector, access }) => `${connector} ${access}`))],
  ["others_grants", (row) => row.othersGrants],
  ["created_at", (row) => row.createdAt],
  ["last_used_at", (row) => row.lastUsedAt],
];

export const PEOPLE: readonly Column<PersonSummary>[] = [
  ["id", (row) => row.id],
  ["name", (row) => row.name],
  ["email", (row) => row.email],
  ["role", (row) => row.role],
  ["status", (row) => row.status],
  ["agents", (row) => several(row.owned.map(({ name }) => name))],
  ["connections", (row) => row.connections],
  ["live_grants", (row) => row.liveGrants],
  ["created_at", (row) => row.createdAt],
  ["last_sign_in_at", (row) => row.lastSignInAt],
];

export const ACCESS: readonly Column<Reach>[] = [
  ["grant_id", (row) => row.grantId],
  ["agent_id", (row) => row.agentId],
  ["agent", (row) => row.agentName],
  ["person_id", (row) => row.personId],
  ["person", (row) => row.personName],
  ["connection_id", (row) => row.connectionId],
  ["connector", (row) => row.connector],
  ["account", (row) => row.accountName],
  ["access", (row) => row.access],
  ["permissions", (row) => several(row.permissions)],
  ["pattern", (row) => row.pattern],
  ["delivery", (row) => row.delivery],
  ["narrowed_by", (row) => row.narrowedBy],
  ["hands_on_to", (row) => several(row.handsOnTo)],
  ["expires_at", (row) => row.expiresAt],
  ["last_used_at", (row) => row.lastUsedAt],
];

export const RUNS: readonly Column<RunSummary>[] = [
  ["id", (row) => row.id],
  ["verified", (row) => row.verified],
  ["started_at", (row) => row.startedAt],
  ["ended_at", (row) => row.endedAt],
  ["people", (row) => several(row.people)],
  ["agents", (row) => several(row.agents)],
  ["patterns", (row) => several(row.patterns)],
  ["tokens", (row) => row.tokens],
  ["calls", (row) => row.calls],
  ["refused", (row) => row.refused],
];
