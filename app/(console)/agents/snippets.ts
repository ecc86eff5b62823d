import type { Snippet } from "@/app/_ui/Snippets";
import { findConnector } from "@/lib/connectors/registry";
import { withContained } from "@/lib/connectors/scopes";
import type { GrantView } from "@/lib/grants/list";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const GRANT_TYPE = "urn:valet:params:oauth:token-type:grant";
const QUERY = '{"query":"{ viewer { id name } }"}';

/** The variable that the client, the command and every snippet read the secret from. */
export const SECRET_VARIABLE = "VALET_CLIENT_SECRET";

export type Lent = Pick<GrantView, "id" | "agentId" | "connector" | "scopes" | "apiBase" | "delivery">;

/** Code that works when pasted, once the secret is in VALET_CLIENT_SECRET: asks what the agent may do. */
export function agentSnippets(agentId: string, publicUrl: string): Snippet[] {
  return [
    { name: "curl", code: askByCurl(agentId, publicUrl) },
    { name: "TypeScript", code: typescript(agentId, publicUrl, ["console.log(await valet.access());"]) },
    { name: "Python", code: askByPython(agentId, publicUrl) },
    { name: "env", code: env(agentId, publicUrl) },
  ];
}

/** The same for one grant: fetches access, and makes a call that this grant opens. */
export function grantSnippets(grant: Lent, publicUrl: string): Snippet[] {
  const call = exampleCall(grant);
  const git = gitHelper(grant);
  return [
    { name: "curl", code: callByCurl(grant, publicUrl, call) },
    { name: "TypeScript", code: typescript(grant.agentId, publicUrl, callByClient(grant, call)) },
    { name: "Python", code: callByPython(grant, publicUrl, call) },
    ...(git ? [{ name: "git", code: git }] : []),
    { name: "env", code: env(grant.agentId, publicUrl) },
  ];
}

interface Call {
  readonly path: string;
  /** A JSON body makes it a POST. */
  readonly body: string | null;
}

/** A call that this grant opens: the first fixed address that one of its permissions reads. */
function exampleCall(grant: Lent): Call {
  const connector = findConnector(grant.connector);
  if (!connector) return { path: "/", body: null };
  const names = withContained(connector, grant.scopes);
  const rules = connector.scopes.filter((scope) => names.includes(scope.name)).flatMap((scope) => scope.opens);
  const fixed = rules.find((rule) => rule.methods.includes("GET") && !rule.graphql && !rule.path.includes("*"));
  if (fixed) return { path: fixed.path, body: null };
  if (rules.some((rule) => rule.graphql === "query") && connector.api.graphqlPath) return { path: connector.api.graphqlPath, body: QUERY };
  return { path: "/", body: null };
}

function askByCurl(agentId: string, publicUrl: string): string {
  return `curl -sS ${publicUrl}/api/v1/agent/access \\
  -u "${agentId}:$${SECRET_VARIABLE}"`;
}

function callByCurl(grant: Lent, publicUrl: string, { path, body }: Call): string {
  return `# 1. Fetch access. It ends within the hour; fetch again when it does.
ACCESS=$(curl -sS ${publicUrl}/oauth/token \\
  -u "${grant.agentId}:$${SECRET_VARIABLE}" \\
  -d grant_type=${EXCHANGE} \\
  -d subject_token=${grant.id} \\
  -d subject_token_type=${GRANT_TYPE} \\
  | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

# 2. Use it at this grant's api_base.
curl -sS ${grant.apiBase}${path} \\
  -H "Authorization: Bearer $ACCESS"${body ? ` \\\n  -H "Content-Type: application/json" -d '${body}'` : ""}`;
}

function typescript(agentId: string, publicUrl: string, lines: readonly string[]): string {
  return `import { Valet } from "@valet/client";

const valet = new Valet({
  url: "${publicUrl}",
  proof: {
    kind: "secret",
    clientId: "${agentId}",
    clientSecret: process.env.${SECRET_VARIABLE} ?? "",
  },
});
${lines.join("\n")}`;
}

function callByClient(grant: Lent, { path, body }: Call): string[] {
  const sent = body ? [`  method: "POST",`, `  headers: { "content-type": "application/json" },`, `  body: '${body}',`] : [];
  return [
    `const response = await valet.fetch("${grant.connector}", "${path}", {`,
    `  grant: "${grant.id}",`,
    ...sent,
    "});",
    "console.log(await response.json());",
  ];
}

function askByPython(agentId: string, publicUrl: string): string {
  return `import base64, json, os, urllib.request

proof = base64.b64encode(("${agentId}:" + os.environ["${SECRET_VARIABLE}"]).encode()).decode()
request = urllib.request.Request(
    "${publicUrl}/api/v1/agent/access",
    headers={"Authorization": "Basic " + proof},
)
print(json.load(urllib.request.urlopen(request)))`;
}

function callByPython(grant: Lent, publicUrl: string, { path, body }: Call): string {
  const sent = body ? `\n    data=${JSON.stringify(body)}.encode(),` : "";
  const type = body ? `, "Content-Type": "application/json"` : "";
  return `import base64, json, os, urllib.parse, urllib.request

# 1. Fetch access. It ends within the hour; fetch again when it does.
proof = base64.b64encode(("${grant.agentId}:" + os.environ["${SECRET_VARIABLE}"]).encode()).decode()
form = {
    "grant_type": "${EXCHANGE}",
    "subject_token": "${grant.id}",
    "subject_token_type": "${GRANT_TYPE}",
}
request = urllib.request.Request(
    "${publicUrl}/oauth/token",
    data=urllib.parse.urlencode(form).encode(),
    headers={"Authorization": "Basic " + proof},
)
access = json.load(urllib.request.urlopen(request))

# 2. Use it at this grant's api_base.
request = urllib.request.Request(
    access["api_base"] + "${path}",${sent}
    headers={"Authorization": "Bearer " + access["access_token"]${type}},
)
print(json.load(urllib.request.urlopen(request)))`;
}

/** As the command's git-credential knows them. */
const GIT_HOSTS: Readonly<Record<string, string>> = {
  "github-app-installation": "github.com",
  "github-app": "github.com",
  github: "github.com",
  gitlab: "gitlab.com",
};

/** Null where git would get nothing: it talks to the SaaS itself, so only a token of the SaaS's own serves it. */
function gitHelper(grant: Lent): string | null {
  const host = GIT_HOSTS[grant.connector];
  if (!host || grant.delivery !== "direct") return null;
  return `# With the three variables of the env tab set, and the valet command installed.
git config --global credential.https://${host}.helper \\
  '!valet git-credential --grant ${grant.id}'`;
}

/** What the client and the command read. Every line can be pasted into a .env file. */
function env(agentId: string, publicUrl: string): string {
  return `VALET_URL=${publicUrl}
VALET_CLIENT_ID=${agentId}
${SECRET_VARIABLE}=`;
}
