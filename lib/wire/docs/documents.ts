import { connectors } from "../../connectors/registry";
import type { Core } from "../../ctx";
import { ERROR_WORDS } from "./errorWords";
import { SNIPPETS, type SnippetId } from "./snippets";

const CACHED_SECONDS = 300;

/** `GET /llms.txt`: a short map of what is written here, and the one way to get access. */
export async function llmsText(core: Core): Promise<Response> {
  const url = core.settings.publicUrl;
  const text = `# Valet

> Valet lends agents a narrow, ending part of people's SaaS accounts. An agent gets access here and nowhere else: a person connects an
> account and lends a part of it, the agent exchanges that grant at ${url}/oauth/token, and calls at the api_base it is told.

An agent reads ${url}/SKILL.md first. What it may do right now: ${url}/api/v1/agent/access.

## Start

- [What an agent has to do](${url}/SKILL.md): prove yourself, ask, exchange, call, and what to do on each refusal
- [Quick start](${url}/docs/quick-start): the person's side and the agent's side
- [Concepts](${url}/docs/concepts): person, agent, connection, grant, chain

## Reference

- [Errors](${url}/docs/errors): one heading per code, what it means and who does what next
- [REST API as OpenAPI](${url}/api/v1/openapi.json)
- [Authorization server metadata](${url}/.well-known/oauth-authorization-server)
- [Command and client](${url}/docs/command)
- [Security model](${url}/docs/security)
- [Operations](${url}/docs/operations)

## Connectors

${connectors.map(({ id, name, summary }) => `- [${name}](${url}/docs/connectors/${id}): ${summary}`).join("\n")}
`;
  return asText(text, "text/plain");
}

/** `GET /SKILL.md`: what an agent must do, for the agent itself to read. */
export async function skillText(core: Core): Promise<Response> {
  return asText(skill(core.settings.publicUrl), "text/markdown");
}

export function skill(url: string): string {
  return `---
name: valet
description: Get short-lived access to people's SaaS accounts (GitHub, Google, Slack and others) through the Valet at ${url}, and know what to do when it is refused.
---

# Access through Valet

People lend you a part of their accounts. You never see their passwords or their tokens. Everything you do is written down with
your name and theirs. Ask for no access anywhere else, and ask nobody for a token.

## 1. Prove who you are

Your owner gave you one of these, in the environment. Never print it, log it, or put it into an address.

- \`VALET_WORKLOAD_TOKEN_FILE\`: a token of your platform. Send it as client_assertion.
- \`VALET_CLIENT_ID\` and \`VALET_PRIVATE_KEY_FILE\`: sign a client_assertion (private_key_jwt, RFC 7523).
- \`VALET_CLIENT_ID\` and \`VALET_CLIENT_SECRET\`: HTTP Basic, as below.

Nothing there? Stop, and ask a person to register you at ${url}/agents/new.

## 2. Ask what you may do

${block("access")}

The answer's \`access\` has one entry per grant: grant_id, connector, account, on_behalf_of, permissions, bounds, expires_at, state. A state
other than live says why beside it. Nothing there? Tell the person what you need and why, and give them ${url}/grants/new.

## 3. Exchange the grant

${block("exchange")}

The answer has access_token, expires_in, scope and api_base. Keep the token in memory alone, and exchange again when it ends. Send
\`run_id\` (any text, the same for one run) so that people can follow what you did.

## 4. Call at api_base

${block("call")}

Paths below api_base are the SaaS's own, and so are its answers. Send the token nowhere else. ${url}/docs/connectors says, connector by
connector, what each permission opens and what changes in the SaaS's own package.

## 5. When you are refused

Every refusal has \`reason\`, a sentence (\`detail\`, at /oauth \`error_description\`), and often \`next\` (what you can do), \`fix\` and
\`smallest_grant.url\` (a form, filled in, for a person to open). Show a person the link; opening it grants nothing by itself.

${block("refused")}

Rules for all of them: never repeat a refused request unchanged, never look for a way round, and honour Retry-After.

${Object.entries(ERROR_WORDS)
  .map(([code, { agent }]) => `- \`${code}\`: ${agent} (${url}/docs/errors#${code})`)
  .join("\n")}

## 6. Give back what you do not need

${block("giveBack")}

## Where more is written

${url}/llms.txt
`;

  function block(id: SnippetId): string {
    const { language, code } = SNIPPETS[id];
    return `\`\`\`${language}\n${code(url)}\n\`\`\``;
  }
}

function asText(text: string, type: string): Response {
  return new Response(text, {
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": `public, max-age=${CACHED_SECONDS}` },
  });
}
