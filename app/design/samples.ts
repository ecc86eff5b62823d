import type { FormState } from "@/app/_ui/formState";
import type { ActivityView } from "@/lib/activity/list";
import type { UsesOfDay } from "@/lib/activity/usesPerDay";
import type { DirectoryEntry } from "@/lib/agents/directory";
import type { GrantView } from "@/lib/grants/list";

/** A clock that stands, so that a picture of the page is the same tomorrow. */
export const NOW = new Date("2026-11-25T12:00:00Z");
export const LONG = "Quarterly reconciliation and release notes assistant of the northern platform team";
const before = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

export const REFUSED: FormState<null> = {
  status: "refused",
  code: "invalid_request",
  message: "Please look at the marked fields.",
  next: "Nothing was changed.",
  fields: { name: "Give it a name of at most 80 characters.", role: "Choose one of these." },
  values: { name: LONG, purpose: "Sorts new issues every morning" },
};

export const PERMISSIONS = [
  { name: "issues:read", label: "Read issues", access: "read" },
  { name: "files:read", label: "Read files", access: "read" },
  { name: "issues:write", label: "Create and change issues", access: "write" },
  { name: "https://www.example.com/auth/a.scope.with.a.very.long.name.readwrite", label: "Send mail in your name", access: "write" },
  { name: "admin:org", label: "Change who is in the organization", access: "admin" },
] as const;

export const AGENTS: readonly DirectoryEntry[] = [
  { ...agent("agt_4", "Left behind"), standing: "orphaned", secondOwnerName: "Linus Lindqvist", othersGrants: 1 },
  {
    ...agent("agt_1", "Triage bot"),
    part: "mine",
    purpose: "Sorts new issues every morning",
    lastUsedAt: before(3),
    canDo: [
      { connector: "github", access: "write" },
      { connector: "slack", access: "read" },
    ],
  },
  { ...agent("agt_2", LONG), purpose: `${LONG}, for everybody who asks`, othersGrants: 12, lastUsedAt: before(60 * 26) },
  { ...agent("agt_3", "Paused bot"), standing: "paused", part: "lent" },
];

export const USES: ReadonlyMap<string, readonly UsesOfDay[]> = new Map(
  AGENTS.map(({ id }, row) => [
    id,
    Array.from({ length: 7 }, (_, day) => ({ day: `2026-01-0${day + 1}`, allowed: (day * (row + 3)) % 7, refused: day === 4 ? row : 0 })),
  ]),
);

function agent(id: string, name: string): DirectoryEntry {
  const nothing = { part: null, secondOwnerName: null, sponsorName: null, lastUsedAt: null, canDo: [], othersGrants: 0 };
  return { id, name, purpose: "Does one thing", standing: "active", ownerName: "Ada Lovelace", createdAt: NOW, ...nothing };
}

const GRANT: GrantView = {
  id: "grt_1",
  agentId: "agt_1",
  agentName: "Triage bot",
  connectionId: "con_1",
  connector: "github",
  connectorName: "GitHub",
  accountName: "ada",
  personId: "per_1",
  personName: "Ada Lovelace",
  scopes: ["issues:read"],
  permissions: [{ name: "issues:read", label: "Read issues", access: "read", virtual: false }],
  access: "read",
  delivery: "gateway",
  narrowedBy: "gateway",
  separateConsent: null,
  pattern: "delegated",
  warning: null,
  bounds: null,
  boundWords: [],
  rules: [],
  apiBase: "https://valet.example.com/proxy/github",
  createdAt: before(60),
  expiresAt: new Date(NOW.getTime() + 8 * 3_600_000),
  revokedAt: null,
  state: "live",
  stateReason: null,
  stateSentence: null,
  lastUsedAt: before(4),
  uses: 7,
};

export const GRANTS: readonly GrantView[] = [
  GRANT,
  {
    ...GRANT,
    id: "grt_2",
    agentName: LONG,
    accountName: "somebody.with.a.long.address@northern.example.com",
    access: "write",
    state: "paused",
  },
  {
    ...GRANT,
    id: "grt_3",
    connector: "slack",
    connectorName: "Slack",
    access: "admin",
    pattern: "shared_key",
    state: "blocked",
    lastUsedAt: null,
  },
  { ...GRANT, id: "grt_4", pattern: "own", state: "blocked", stateReason: "grant_suspended" },
  { ...GRANT, id: "grt_5", state: "revoked", revokedAt: before(20) },
  { ...GRANT, id: "grt_6", state: "ended", expiresAt: before(60 * 24 * 3) },
];

const ROW: ActivityView = {
  id: "use_1",
  at: before(2),
  kind: "use",
  event: "access.fetch",
  words: "fetched access",
  acting: "agent",
  person: { id: "per_1", name: "Ada Lovelace" },
  agent: { id: "agt_1", name: "Triage bot" },
  owner: null,
  grantId: "grt_1",
  connectionId: "con_1",
  connector: "github",
  target: "GitHub ada",
  decision: "allowed",
  reason: "allowed",
  reasonText: null,
  scopes: [],
  delivery: "gateway",
  narrowedBy: "gateway",
  pattern: "delegated",
  chain: [],
  runId: null,
  runIdVerified: null,
  runIdClaimed: null,
  traceId: null,
  requestId: null,
  upstreamStatus: 200,
  durationMs: 12,
  tokenUseId: null,
  delegationId: null,
  credential: null,
  detail: {},
};

/** One for each kind of hand. */
export const ROWS: readonly ActivityView[] = [
  ROW,
  {
    ...ROW,
    id: "use_2",
    agent: { id: "agt_2", name: LONG },
    person: null,
    pattern: "own",
    decision: "refused",
    reasonText: "The grant does not cover this call",
    target: "POST /repos/acme/api/issues/with/a/path/that/goes/on/and/on/and/has/no/space/anywhere/in/it",
  },
  { ...ROW, id: "use_3", pattern: "shared_key", at: before(90) },
  {
    ...ROW,
    id: "use_4",
    acting: "person",
    agent: null,
    pattern: "self",
    words: "revoked a grant",
    target: "Triage bot, GitHub ada",
    at: before(60 * 30),
  },
  {
    ...ROW,
    id: "use_5",
    acting: "system",
    agent: null,
    person: null,
    pattern: null,
    words: "made a signing key",
    target: "Valet",
    at: before(60 * 50),
  },
];
