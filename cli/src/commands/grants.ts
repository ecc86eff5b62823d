import type { Command } from "commander";
import { addBoundOptions, type BoundOptions, readBoundOptions, readScopeList, readTtl } from "../bounds.ts";
import type { Context } from "../context.ts";
import { EXIT, Failure } from "../failure.ts";
import { findAgent, findConnection } from "../find.ts";
import { asPerson } from "../person.ts";
import { minute, oneLine, table } from "../table.ts";
import type { Bounds, GrantRow, LentTokenRow, List, Preview } from "../wire.ts";

export function addGrants(program: Command, context: Context): void {
  const grants = program.command("grants").description("What you lend: create, list, show, narrow, extend, revoke.");
  addBoundOptions(
    grants
      .command("create")
      .description("Lend an agent a part of one of your accounts. Shows what that is, and asks.")
      .requiredOption("--agent <agent>", "who gets it: a name or id")
      .option("--connector <connector>", "from your account at this SaaS: github")
      .option("--connection <id>", "from this account (con_...)")
      .option("--scopes <names>", "these permissions, with commas between")
      .option("--read-only", "everything the account can read, and nothing it can write")
      .option("--ttl <time>", "until when: 30m, 8h, 7d", "8h"),
  )
    .option("--delivery <way>", "direct or gateway; Valet chooses otherwise")
    .option("--yes", "do not ask")
    .action((options: CreateOptions) => create(context, options));
  grants
    .command("list")
    .description("What you have lent, newest first.")
    .option("--agent <agent>", "to this agent: a name or id")
    .option("--all", "also what has ended")
    .action((options: ListOptions) => list(context, options));
  grants
    .command("show")
    .description("One grant, rule by rule.")
    .argument("<grant>", "its id (grt_...)")
    .action((id: string) => show(context, id));
  addBoundOptions(
    grants
      .command("narrow")
      .description("Take away what a grant does not need. Nothing is ever added.")
      .argument("<grant>", "its id (grt_...)")
      .option("--scopes <names>", "the permissions it keeps, with commas between; else all it has"),
  ).action((id: string, options: NarrowOptions) => narrow(context, id, options));
  grants
    .command("extend")
    .description("Give a live grant a later end. What it may do stays as it is.")
    .argument("<grant>", "its id (grt_...)")
    .option("--ttl <time>", "how long from now: 30m, 8h, 7d", "8h")
    .action((id: string, { ttl }: { readonly ttl: string }) => extend(context, id, readTtl(ttl)));
  grants
    .command("revoke")
    .description("Take a grant back: its next call is refused.")
    .argument("<grant>", "its id (grt_...)")
    .action((id: string) => revoke(context, id));
}

interface CreateOptions extends BoundOptions {
  readonly agent: string;
  readonly connector?: string;
  readonly connection?: string;
  readonly scopes?: string;
  readonly readOnly?: boolean;
  readonly ttl: string;
  readonly delivery?: string;
  readonly yes?: boolean;
}

async function create(context: Context, options: CreateOptions): Promise<void> {
  const asked = readAsked(options);
  const person = await asPerson(context);
  const connection = await findConnection(person, options);
  const agent = await findAgent(person, options.agent, "lendable");
  const input = { agent_id: agent.id, connection_id: connection.id, ...asked };
  const preview = await person.post<Preview>("/grants/preview", input);
  context.say(describePreview(context, preview));
  if (!options.yes && !(await context.confirm("Lend this?"))) throw new Failure(EXIT.failure, "Nothing was lent.");
  // What was shown is what is lent: the scopes are named, also where all that reads was asked for.
  const scopes = preview.permissions.map(({ name }) => name);
  const grant = await person.post<GrantRow>("/grants", { ...input, scopes });
  context.print(grant, () => grant.id);
  if (grant.self_test) context.say(TESTED[grant.self_test.outcome] ?? "");
  if (grant.state !== "live" && grant.state_sentence) context.say(grant.state_sentence);
}

const TESTED: Readonly<Record<string, string>> = {
  proven: "Tested: what was not lent is refused.",
  not_proven: "It could not be tested. The grant's page says why.",
};

/** What does not need to be looked up. Wrong usage is told before anything is sent. */
function readAsked(options: CreateOptions) {
  const { connector, connection, scopes, readOnly, delivery } = options;
  if (Boolean(connector) === Boolean(connection))
    throw new Failure(EXIT.usage, "Say whose account: --connector or --connection, one of them.");
  if (Boolean(scopes) === Boolean(readOnly)) throw new Failure(EXIT.usage, "Say what is lent: --scopes or --read-only, one of them.");
  if (delivery && delivery !== "direct" && delivery !== "gateway") throw new Failure(EXIT.usage, "--delivery is direct or gateway.");
  const bounds = readBoundOptions(options);
  return {
    lifetime: readTtl(options.ttl),
    ...(scopes ? { scopes: readScopeList(scopes) } : {}),
    ...(delivery ? { delivery } : {}),
    ...(bounds ? { bounds } : {}),
  };
}

function describePreview(context: Context, preview: Preview): string {
  const { agent_name, agent_purpose, agent_owner_name, connector_name, account_name, permissions, bounds } = preview;
  return [
    `${context.paint("bold", oneLine(agent_name), process.stderr)} of ${oneLine(agent_owner_name)} (${oneLine(agent_purpose)})`,
    `gets, at ${connector_name} as ${oneLine(account_name)}, until ${minute(preview.expires_at)}:`,
    ...permissions.map(({ name, label, access }) => `  ${access === "read" ? "" : `${access.toUpperCase()}  `}${label} (${name})`),
    ...bounds.map((words) => `  ${oneLine(words)}`),
    `${preview.sentence} ${preview.enforcement}`,
  ].join("\n");
}

interface ListOptions {
  readonly agent?: string;
  readonly all?: boolean;
}

async function list(context: Context, { agent, all }: ListOptions): Promise<void> {
  const person = await asPerson(context);
  const agentId = agent ? (await findAgent(person, agent, "lendable")).id : undefined;
  const { data } = await person.get<List<GrantRow>>("/grants", { agent_id: agentId, live: all ? undefined : "true" });
  const rows = () =>
    data.map((one) => [
      one.id,
      one.agent_name,
      one.connector,
      one.account_name,
      one.access,
      one.state,
      minute(one.expires_at),
      String(one.uses),
    ]);
  const heads = ["ID", "AGENT", "CONNECTOR", "ACCOUNT", "ACCESS", "STATE", "UNTIL", "USES"];
  context.print(data, () => (data.length === 0 ? "" : table(heads, rows())));
  if (data.length === 0) context.say(all ? "Nothing was ever lent." : "Nothing is lent right now.");
}

async function show(context: Context, id: string): Promise<void> {
  const grant = await (await asPerson(context)).get<GrantRow>(`/grants/${encodeURIComponent(id)}`);
  context.print(grant, () => describeGrant(grant));
}

function describeGrant(grant: GrantRow): string {
  return [
    `${grant.id}  ${grant.state}${grant.state_sentence ? `: ${grant.state_sentence}` : ""}`,
    `agent      ${oneLine(grant.agent_name)} (${grant.agent_id})`,
    `account    ${oneLine(grant.account_name)} at ${grant.connector}`,
    `until      ${minute(grant.expires_at)}`,
    `used       ${grant.uses} times, last ${minute(grant.last_used_at)}`,
    `delivered  ${grant.delivery}, ${grant.api_base}`,
    ...grant.rules.map((rule) => `  ${oneLine(rule)}`),
  ].join("\n");
}

interface NarrowOptions extends BoundOptions {
  readonly scopes?: string;
}

async function narrow(context: Context, id: string, options: NarrowOptions): Promise<void> {
  const bounds = readBoundOptions(options);
  const kept = options.scopes === undefined ? undefined : readScopeList(options.scopes);
  if (!bounds && !kept)
    throw new Failure(EXIT.usage, "Say what it keeps: --scopes, --repo, --resource, --calls-per-hour or --writes-per-run.");
  const person = await asPerson(context);
  const now = await person.get<GrantRow>(`/grants/${encodeURIComponent(id)}`);
  const input = { scopes: kept ?? now.scopes, ...(bounds ? { bounds: tightened(now.bounds, bounds) } : {}) };
  const narrowed = await person.post<Narrowed>(`/grants/${encodeURIComponent(id)}/narrow`, input);
  context.print(narrowed, () => narrowed.scopes.join("\n"));
  sayTokens(context, narrowed.lent_tokens);
}

interface Narrowed {
  readonly scopes: readonly string[];
  readonly lent_tokens?: readonly LentTokenRow[];
}

/** The API takes bounds whole: what is not spoken of stays as it is. */
function tightened(now: Bounds | null, said: Bounds): Bounds {
  const resources = { ...now?.resources, ...said.resources };
  return { ...now, ...said, ...(Object.keys(resources).length > 0 ? { resources } : {}) };
}

async function extend(context: Context, id: string, lifetime: number): Promise<void> {
  const person = await asPerson(context);
  const extended = await person.post<{ readonly expires_at: string }>(`/grants/${encodeURIComponent(id)}/extend`, { lifetime });
  context.print(extended, () => `${id} until ${minute(extended.expires_at)}`);
}

async function revoke(context: Context, id: string): Promise<void> {
  const person = await asPerson(context);
  const ended = await person.post<{ readonly grant: GrantRow; readonly lent_tokens: readonly LentTokenRow[] }>(
    `/grants/${encodeURIComponent(id)}/revoke`,
  );
  context.print(ended, () => `${ended.grant.id} ${ended.grant.state}`);
  sayTokens(context, ended.lent_tokens);
}

/** What still works at the SaaS is said, also where nothing can be done about it. */
function sayTokens(context: Context, tokens: readonly LentTokenRow[] = []): void {
  for (const { state, sentence } of tokens) if (state !== "ended" && sentence) context.say(sentence);
}
