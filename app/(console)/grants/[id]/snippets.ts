import type { Snippet } from "@/app/_ui/Snippets";
import { findConnector } from "@/lib/connectors/registry";
import { withContained } from "@/lib/connectors/scopes";
import type { GrantView } from "@/lib/grants/list";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const GRANT_TYPE = "urn:valet:params:oauth:token-type:grant";
const QUERY = '{"query":"{ viewer { id name } }"}';

type Lent = Pick<GrantView, "id" | "agentId" | "connector" | "scopes" | "apiBase">;

/** Code that works when pasted, once the secret is in VALET_AGENT_SECRET. */
export function grantSnippets(grant: Lent, publicUrl: string): Snippet[] {
  const call = exampleCall(grant);
  return [
    { name: "curl", code: curl(grant, publicUrl, call) },
    { name: "TypeScript", code: typescript(grant, publicUrl, call) },
    { name: "Python", code: python(grant, publicUrl, call) },
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

function curl(grant: Lent, publicUrl: string, { path, body }: Call): string {
  return `# 1. Fetch access. It ends within minutes; fetch again when it does.
ACCESS=$(curl -s ${publicUrl}/oauth/token \\
  -u "${grant.agentId}:$VALET_AGENT_SECRET" \\
  -d grant_type=${EXCHANGE} \\
  -d subject_token=${grant.id} \\
  -d subject_token_type=${GRANT_TYPE} | jq -r .access_token)

# 2. Use it at this grant's api_base.
curl -s ${grant.apiBase}${path} \\
  -H "Authorization: Bearer $ACCESS"${body ? ` \\\n  -H "Content-Type: application/json" -d '${body}'` : ""}`;
}

function typescript(grant: Lent, publicUrl: string, { path, body }: Call): string {
  const request = body
    ? `{
  method: "POST",
  headers: { authorization: \`Bearer \${access_token}\`, "content-type": "application/json" },
  body: '${body}',
}`
    : `{
  headers: { authorization: \`Bearer \${access_token}\` },
}`;
  return `const proof = btoa("${grant.agentId}:" + process.env.VALET_AGENT_SECRET);
const answer = await fetch("${publicUrl}/oauth/token", {
  method: "POST",
  headers: { authorization: "Basic " + proof },
  body: new URLSearchParams({
    grant_type: "${EXCHANGE}",
    subject_token: "${grant.id}",
    subject_token_type: "${GRANT_TYPE}",
  }),
});
const { access_token, api_base } = await answer.json();

const response = await fetch(api_base + "${path}", ${request});
console.log(await response.json());`;
}

function python(grant: Lent, publicUrl: string, { path, body }: Call): string {
  return `import os, requests

answer = requests.post(
    "${publicUrl}/oauth/token",
    auth=("${grant.agentId}", os.environ["VALET_AGENT_SECRET"]),
    data={
        "grant_type": "${EXCHANGE}",
        "subject_token": "${grant.id}",
        "subject_token_type": "${GRANT_TYPE}",
    },
).json()

response = requests.${body ? "post" : "get"}(
    answer["api_base"] + "${path}",
    headers={"Authorization": "Bearer " + answer["access_token"]},${body ? `\n    json=${body},` : ""}
)
print(response.json())`;
}
