export interface DropIn {
  /** The package, or what it is about. */
  readonly of: string;
  /** As docs/drop-ins.md has it: `VALET` stands for the address, `TOKEN` for the access token. */
  readonly line: string;
  /** The test that does it with the package itself. */
  readonly heldBy: string;
}

const one = (of: string, line: string, test: string): readonly DropIn[] => [{ of, line, heldBy: `e2e/dropins/${test}.test.ts` }];

/** The changed line per SDK, by connector. */
export const DROP_INS: Readonly<Record<string, readonly DropIn[]>> = {
  github: one("@octokit/rest", 'baseUrl: "VALET/proxy/github"', "github"),
  slack: one("@slack/web-api", 'new WebClient(TOKEN, { slackApiUrl: "VALET/proxy/slack/" })', "slack"),
  jira: one("jira.js", 'host: "VALET/proxy/jira"', "jira"),
  salesforce: one("jsforce", 'new Connection({ instanceUrl: "VALET/proxy/salesforce", accessToken: TOKEN })', "salesforce"),
  notion: one("@notionhq/client", 'new Client({ auth: TOKEN, baseUrl: "VALET/proxy/notion" })', "notion"),
  linear: one("@linear/sdk", 'new LinearClient({ accessToken: TOKEN, apiUrl: "VALET/proxy/linear/graphql" })', "linear"),
  microsoft: one("@microsoft/microsoft-graph-client", 'baseUrl: "VALET/proxy/microsoft/"', "microsoft"),
};
