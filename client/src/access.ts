import { ask } from "./ask.ts";
import { prove } from "./proof.ts";
import type { Settings } from "./settings.ts";

/** One thing that was lent to this agent. */
export interface LentAccess {
  readonly grantId: string;
  readonly connector: string;
  readonly account: string;
  /** Whose account it is. */
  readonly onBehalfOf: { readonly id: string; readonly name: string };
  readonly access: "read" | "write" | "admin";
  readonly scopes: readonly string[];
  readonly apiBase: string;
  readonly expiresAt: Date;
  /** `live`, or why not in `why`. */
  readonly state: string;
  readonly why: string | undefined;
}

/** What an agent may do right now. */
export interface Access {
  readonly agent: { readonly id: string; readonly name: string };
  readonly access: readonly LentAccess[];
}

/** Asks Valet what is lent to this agent. */
export async function readAccess(settings: Settings): Promise<Access> {
  const headers = await authorize(settings);
  const body = (await ask(settings, "/api/v1/agent/access", { headers })) as unknown as Wire;
  return { agent: { id: body.agent.id, name: body.agent.name }, access: body.access.map(read) };
}

/** A proof that is no secret goes into a form, so it is traded first for a token that the agent has for itself (RFC 6749 section 4.4). */
async function authorize(settings: Settings): Promise<Readonly<Record<string, string>>> {
  const { headers, form } = await prove(settings.proof, settings.url, settings.now());
  if (settings.proof.kind === "secret") return headers;
  const body = new URLSearchParams({ grant_type: "client_credentials", resource: settings.url, ...form });
  const { access_token: token } = await ask(settings, "/oauth/token", { method: "POST", headers, body });
  return { authorization: `Bearer ${token}` };
}

/** One line for a person or a model: "github (marie): read as Marie Curie until 2026-11-25T12:00:00.000Z". */
export function describeAccess({ connector, account, access, onBehalfOf, expiresAt, why }: LentAccess): string {
  return `${connector} (${account}): ${access} as ${onBehalfOf.name} until ${expiresAt.toISOString()}${why ? `. ${why}` : ""}`;
}

interface Wire {
  readonly agent: { readonly id: string; readonly name: string };
  readonly access: readonly {
    readonly grant_id: string;
    readonly connector: string;
    readonly account: string;
    readonly on_behalf_of: { readonly id: string; readonly name: string };
    readonly access: LentAccess["access"];
    readonly scopes: readonly string[];
    readonly api_base: string;
    readonly expires_at: string;
    readonly state: string;
    readonly why?: string;
  }[];
}

function read(one: Wire["access"][number]): LentAccess {
  const { connector, account, access, scopes, state, why } = one;
  const { grant_id: grantId, on_behalf_of: onBehalfOf, api_base: apiBase } = one;
  return { grantId, connector, account, onBehalfOf, access, scopes, apiBase, expiresAt: new Date(one.expires_at), state, why };
}
