import { type Loopback, type Spent, variableOf } from "./loopback.ts";

/** Stands for a token in a run whose calls go through Valet's gateway. The loopback endpoint puts the real one in its place. */
export const PLACEHOLDER = "kept-by-valet-run";

interface Given {
  readonly token: string;
  readonly base: string;
  /** The credentials file for Google's libraries. */
  readonly googleFile: string;
}

type Variables = Readonly<Record<string, string>>;

const github = ({ token, base }: Given): Variables => ({
  GH_TOKEN: token,
  GITHUB_TOKEN: token,
  GITHUB_API_URL: base,
  GITHUB_GRAPHQL_URL: `${base}/graphql`,
});
const google = ({ googleFile }: Given): Variables => ({ GOOGLE_APPLICATION_CREDENTIALS: googleFile });

/** What programs look for, by connector. */
const KNOWN: Readonly<Record<string, (given: Given) => Variables>> = {
  github,
  "github-app": github,
  "github-app-installation": github,
  google,
  "google-cloud": google,
  gitlab: ({ token }) => ({ GITLAB_TOKEN: token }),
  slack: ({ token, base }) => ({ SLACK_BOT_TOKEN: token, SLACK_API_URL: `${base}/` }),
  notion: ({ token }) => ({ NOTION_TOKEN: token }),
};

export function needsGoogleFile(connector: string): boolean {
  return KNOWN[connector] === google;
}

/**
 * The variables of one grant. A direct token is the SaaS's own and works at the SaaS; a token for Valet's gateway never
 * goes into the environment: a program that knew nothing of the base URL would send it to the SaaS.
 */
export function variablesFor({ connector, first }: Spent, loopback: Loopback, googleFile: string): Variables {
  const token = first.direct ? first.accessToken : PLACEHOLDER;
  const base = loopback.base(connector);
  const known = Object.hasOwn(KNOWN, connector) ? KNOWN[connector] : undefined;
  return { ...known?.({ token, base, googleFile }), [variableOf(connector, "BASE_URL")]: base, [variableOf(connector, "TOKEN")]: token };
}
