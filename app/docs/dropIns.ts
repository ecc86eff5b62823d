import type { Connector } from "@/lib/connectors/connector";

export interface DropIn {
  /** The package, or what it is about. */
  readonly of: string;
  /** As docs/drop-ins.md has it: `VALET` stands for the address, `TOKEN` for the access token. */
  readonly line: string;
  /** The test that does it with the package itself. */
  readonly heldBy: string;
}

const of = (name: string, line: string, heldBy: string): DropIn => ({ of: name, line, heldBy });
const sdk = (name: string, line: string, test: string): DropIn => of(name, line, `e2e/dropins/${test}.test.ts`);

/** They talk to GitHub itself, so they need a grant that GitHub itself holds. */
const BY_GITHUB_ITSELF = [
  of("gh", "valet run -- gh ...", "cli/test/github.test.ts"),
  of("git", "git config --global credential.https://github.com.helper '!valet git-credential'", "cli/test/github.test.ts"),
];

/** The changed line per SDK, by connector. */
export const DROP_INS: Readonly<Record<string, readonly DropIn[]>> = {
  github: [sdk("@octokit/rest", 'baseUrl: "VALET/proxy/github"', "github")],
  "github-app": BY_GITHUB_ITSELF,
  "github-app-installation": BY_GITHUB_ITSELF,
  google: [of("google-auth-library", "export GOOGLE_APPLICATION_CREDENTIALS=$(valet gcp-adc --out adc.json)", "cli/test/google.test.ts")],
  slack: [sdk("@slack/web-api", 'new WebClient(TOKEN, { slackApiUrl: "VALET/proxy/slack/" })', "slack")],
  jira: [sdk("jira.js", 'host: "VALET/proxy/jira"', "jira")],
  salesforce: [sdk("jsforce", 'new Connection({ instanceUrl: "VALET/proxy/salesforce", accessToken: TOKEN })', "salesforce")],
  notion: [sdk("@notionhq/client", 'new Client({ auth: TOKEN, baseUrl: "VALET/proxy/notion" })', "notion")],
  linear: [sdk("@linear/sdk", 'new LinearClient({ accessToken: TOKEN, apiUrl: "VALET/proxy/linear/graphql" })', "linear")],
  microsoft: [sdk("@microsoft/microsoft-graph-client", 'baseUrl: "VALET/proxy/microsoft/"', "microsoft")],
};

/** What any client with a base URL does: a read of this SaaS that its self-test makes. */
export function anyClient({ id, probes = [] }: Pick<Connector, "id" | "probes">): string {
  const sent = probes.filter(({ reach, method }) => reach === "sent" && method !== "DELETE");
  const read = sent.find(({ method }) => method === "GET") ?? sent[0];
  const body = read?.json === undefined ? "" : ` -H "Content-Type: application/json" -d '${JSON.stringify(read.json)}'`;
  return `curl "VALET/proxy/${id}${read?.path ?? "/..."}" -H "Authorization: Bearer TOKEN"${body}`;
}
