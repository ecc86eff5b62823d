const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const GRANT = "urn:valet:params:oauth:token-type:grant";
const CONNECTOR = "urn:valet:params:oauth:token-type:connector";
const ACCESS = "urn:ietf:params:oauth:token-type:access_token";

export type Language = "sh" | "ts" | "python" | "json";

export interface DocSnippet {
  readonly title: string;
  readonly language: Language;
  readonly code: (publicUrl: string) => string;
}

/** Takes one member out of a JSON answer, with what every machine has. */
const member = (name: string) => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;

const exchange = (url: string, subject: string, type: string) => `curl -sS ${url}/oauth/token \\
  -u "$VALET_CLIENT_ID:$VALET_CLIENT_SECRET" \\
  -d grant_type=${EXCHANGE} \\
  -d subject_token=${subject} \\
  -d subject_token_type=${type}`;

const fetched = (url: string) => `ANSWER=$(${exchange(url, '"$GRANT_ID"', GRANT)})
TOKEN=$(echo "$ANSWER" | ${member("access_token")})
API_BASE=$(echo "$ANSWER" | ${member("api_base")})`;

/**
 * Every piece of code that the pages under /docs and SKILL.md show; they can show no other. `snippets.test.ts` runs each against a
 * running Valet as somebody would who pastes it, and has to be told how for one that is new.
 */
export const SNIPPETS = {
  variables: {
    title: "What every example reads",
    language: "sh",
    code: (url) => `export VALET_URL=${url}
export VALET_CLIENT_ID="<the agent's id, agt_...>"
export VALET_CLIENT_SECRET="<the agent's secret, shown once>"
export GRANT_ID="<the grant's id, grt_...>"`,
  },
  access: {
    title: "What may I do?",
    language: "sh",
    code: (url) => `curl -sS ${url}/api/v1/agent/access \\
  -u "$VALET_CLIENT_ID:$VALET_CLIENT_SECRET"`,
  },
  exchange: { title: "Fetch access", language: "sh", code: (url) => exchange(url, '"$GRANT_ID"', GRANT) },
  byConnector: {
    title: "Fetch access without naming a grant",
    language: "sh",
    code: (url) => exchange(url, "demo", CONNECTOR),
  },
  call: {
    title: "Fetch access, and call",
    language: "sh",
    code: (url) => `${fetched(url)}
curl -sS "$API_BASE/api/issues" -H "Authorization: Bearer $TOKEN"`,
  },
  refused: {
    title: "A call that was not lent",
    language: "sh",
    code: (url) => `${fetched(url)}
curl -sS -X POST "$API_BASE/api/issues" -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" -d '{"title":"Hello"}'`,
  },
  typescript: {
    title: "TypeScript",
    language: "ts",
    code: () => `import { Valet } from "@valet/client";

const valet = new Valet(); // reads VALET_URL, VALET_CLIENT_ID and VALET_CLIENT_SECRET
const answer = await valet.fetch("demo", "/api/issues");
console.log(await answer.json());`,
  },
  python: {
    title: "Python",
    language: "python",
    code: () => `import base64, json, os, urllib.parse, urllib.request

url = os.environ["VALET_URL"]
pair = os.environ["VALET_CLIENT_ID"] + ":" + os.environ["VALET_CLIENT_SECRET"]
proof = "Basic " + base64.b64encode(pair.encode()).decode()
form = {
    "grant_type": "${EXCHANGE}",
    "subject_token": os.environ["GRANT_ID"],
    "subject_token_type": "${GRANT}",
}
data = urllib.parse.urlencode(form).encode()
request = urllib.request.Request(url + "/oauth/token", data, {"Authorization": proof})
access = json.load(urllib.request.urlopen(request))

bearer = {"Authorization": "Bearer " + access["access_token"]}
request = urllib.request.Request(access["api_base"] + "/api/issues", headers=bearer)
print(json.load(urllib.request.urlopen(request)))`,
  },
  command: {
    title: "The valet command: nothing in the program changes",
    language: "sh",
    code: () => `# The program gets a token and a base URL per connector in its environment, kept fresh until it ends.
valet run -- sh -c 'curl -sS "$VALET_DEMO_BASE_URL/api/issues" -H "Authorization: Bearer $VALET_DEMO_TOKEN"'`,
  },
  giveBack: {
    title: "Give a token back before its end",
    language: "sh",
    code: (url) => `${fetched(url)}
curl -sS -o /dev/null -w '%{http_code}\\n' ${url}/oauth/revoke \\
  -u "$VALET_CLIENT_ID:$VALET_CLIENT_SECRET" \\
  -d token="$TOKEN" -d token_type_hint=access_token`,
  },
  handOn: {
    title: "Hand work on to another agent",
    language: "sh",
    code: (url) => `# The first agent has a token made that only the second can take.
HANDED=$(${exchange(url, '"$GRANT_ID"', GRANT)} \\
  -d requested_actor="$SECOND_ID" | ${member("access_token")})

# The second trades it for its own: the same, or less.
curl -sS ${url}/oauth/token \\
  -u "$SECOND_ID:$SECOND_SECRET" \\
  -d grant_type=${EXCHANGE} \\
  -d subject_token="$HANDED" \\
  -d subject_token_type=${ACCESS}`,
  },
  terminal: {
    title: "Sign in at a terminal, as a person",
    language: "sh",
    code: (url) => `curl -sS ${url}/oauth/device_authorization \\
  -d client_id=valet-cli -d scope=valet:read`,
  },
  grantsOfPerson: {
    title: "What have I lent?",
    language: "sh",
    code: (url) => `curl -sS ${url}/api/v1/grants -H "Authorization: Bearer $VALET_TOKEN"`,
  },
  ready: { title: "Is it ready?", language: "sh", code: (url) => `curl -sS --fail ${url}/readyz` },
  metrics: {
    title: "Read the metrics",
    language: "sh",
    code: (url) => `curl -sS --fail ${url}/metrics -H "Authorization: Bearer $VALET_METRICS_TOKEN"`,
  },
} as const satisfies Readonly<Record<string, DocSnippet>>;

export type SnippetId = keyof typeof SNIPPETS;
