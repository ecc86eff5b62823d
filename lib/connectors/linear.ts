import { asRecord, asText } from "./account";
import type { Connector, Rule } from "./connector";
import { judgedGraphql, mustReadByPost } from "./probes";

const mutation = (...rootFields: string[]): Rule[] => [{ methods: ["POST"], path: "/graphql", graphql: "mutation", rootFields }];

/** Every thing that can be made, changed and put away by the same three verbs. */
const changing = (things: readonly string[], verbs: readonly string[]) => things.flatMap((thing) => verbs.map((verb) => `${thing}${verb}`));

const WORK = [
  ...changing(["issue"], ["Create", "Update", "Archive", "Unarchive", "Delete", "AddLabel", "RemoveLabel", "BatchUpdate", "BatchCreate"]),
  ...changing(["comment"], ["Create", "Update", "Delete", "Resolve", "Unresolve"]),
  ...changing(["issueLabel", "issueRelation", "attachment", "projectUpdate", "projectMilestone", "cycle"], ["Create", "Update"]),
  ...changing(["issueLabel", "issueRelation", "attachment", "projectMilestone", "project", "document", "reaction", "favorite"], ["Delete"]),
  ...changing(["project", "document", "favorite"], ["Create", "Update"]),
  ...["reactionCreate", "attachmentLinkURL", "issueSubscribe", "issueUnsubscribe"],
];

const ADMINISTRATION = [
  ...changing(["team", "workflowState", "webhook"], ["Create", "Update"]),
  ...changing(["team", "webhook", "teamMembership", "organizationInvite"], ["Delete"]),
  ...["workflowStateArchive", "teamMembershipCreate", "teamMembershipUpdate", "organizationInviteCreate", "userSuspend", "userUnsuspend"],
];

function readAccount(body: unknown): { id: string; name: string } | null {
  const viewer = asRecord(asRecord(asRecord(body)?.data)?.viewer);
  const id = asText(viewer?.id);
  const name = asText(viewer?.email) ?? asText(viewer?.name);
  return id && name ? { id, name } : null;
}

export const linear: Connector = {
  id: "linear",
  name: "Linear",
  summary: "Issues, comments and projects of one Linear workspace.",
  tile: { letters: "Li", color: "#5e6ad2" },
  docsUrl: "https://linear.app/developers/oauth-2-0-authentication",
  oauth: {
    authorizeUrl: "https://linear.app/oauth/authorize",
    tokenUrl: "https://api.linear.app/oauth/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: ",",
    authorizeParameters: { prompt: "consent" },
  },
  tokens: { accessSeconds: 86_400, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: false },
  revocation: {
    how: "rfc7009",
    url: "https://api.linear.app/oauth/revoke",
    reach: "connection",
    note: "Linear ends the token. How much ends with it is not documented, so it is taken to be the whole connection.",
  },
  account: {
    method: "POST",
    url: "https://api.linear.app/graphql",
    body: '{"query":"{ viewer { id name email } }"}',
    read: readAccount,
  },
  api: { baseUrl: "https://api.linear.app", graphqlPath: "/graphql" },
  // A mutation answers with whatever its selection asks for, so whoever may write reads as well.
  scopes: [
    {
      name: "read",
      label: "Read everything you can read in the workspace",
      access: "read",
      preset: true,
      opens: [{ methods: ["POST"], path: "/graphql", graphql: "query" }],
    },
    { name: "comments:create", label: "Write comments", access: "write", contains: ["read"], opens: mutation("commentCreate") },
    { name: "issues:create", label: "Create issues", access: "write", contains: ["read"], opens: mutation("issueCreate") },
    {
      name: "timeSchedule:write",
      label: "Change time schedules",
      access: "write",
      contains: ["read"],
      opens: mutation("timeScheduleCreate", "timeScheduleUpdate", "timeScheduleDelete", "timeScheduleUpsertExternal"),
    },
    {
      name: "write",
      label: "Change issues, comments, projects and documents",
      access: "write",
      contains: ["comments:create", "issues:create"],
      opens: mutation(...WORK),
    },
    {
      name: "admin",
      label: "Administer teams, webhooks and members",
      access: "admin",
      contains: ["write"],
      opens: mutation(...WORK, ...ADMINISTRATION),
    },
  ],
  exceptions: [],
  probes: [
    mustReadByPost("read", "Read your profile", "/graphql", { query: "{ viewer { id } }" }),
    judgedGraphql("comments:create", "Comment on an issue", "/graphql", "mutation { commentCreate(input: {}) { success } }"),
    judgedGraphql("issues:create", "Create an issue", "/graphql", "mutation { issueCreate(input: {}) { success } }"),
    judgedGraphql("timeSchedule:write", "Create a time schedule", "/graphql", "mutation { timeScheduleCreate(input: {}) { success } }"),
    judgedGraphql("write", "Change an issue", "/graphql", 'mutation { issueUpdate(id: "0", input: {}) { success } }'),
    judgedGraphql("admin", "Delete a team", "/graphql", 'mutation { teamDelete(id: "0") { success } }'),
  ],
  unverified: [
    "That a second consent with fewer scopes leaves the first alone: not used.",
    "How the revocation is asked for, and how much it ends.",
    "The grace in which an old refresh token still works: not relied on.",
    "The full list of mutations: what is not listed is refused.",
  ],
};
