import { findPerson } from "@/app/_server/person";
import type { Entry } from "@/app/_ui/palette";
import { listAgents } from "@/lib/agents/list";
import { listConnections } from "@/lib/connections/list";
import type { PersonCtx } from "@/lib/ctx";
import { listGrants } from "@/lib/grants/list";

/** What the palette finds beside the pages: what this person has, by the verbs of the lists. Admins too find their own alone. */
export async function GET(): Promise<Response> {
  const ctx = await findPerson();
  const headers = { "cache-control": "no-store" };
  if (!ctx) return Response.json({ error: "unauthenticated", message: "Sign in first." }, { status: 401, headers });
  return Response.json(await readEntries(ctx), { headers });
}

async function readEntries(ctx: PersonCtx): Promise<Entry[]> {
  const [agents, connections, grants] = await Promise.all([
    listAgents(ctx, { scope: "mine" }),
    listConnections(ctx),
    listGrants(ctx, { live: true }),
  ]);
  return [
    ...agents.map(({ id, name, purpose }) => ({ id, group: "Agents", words: name, more: purpose, href: `/agents/${id}` })),
    ...connections.map(({ id, connectorName, accountName }) => ({
      id,
      group: "Connections",
      words: connectorName,
      more: accountName,
      href: `/connections/${id}`,
    })),
    ...grants.map(({ id, agentName, connectorName, accountName }) => ({
      id,
      group: "Live grants",
      words: `${agentName} at ${connectorName}`,
      more: accountName,
      href: `/grants/${id}`,
    })),
  ];
}
