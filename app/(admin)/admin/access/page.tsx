import { ArrowRightLeft } from "lucide-react";
import type { Metadata } from "next";
import Form from "next/form";
import { redirect } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Button, ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { ExportLink } from "@/app/_ui/ExportLink";
import { SelectField } from "@/app/_ui/Field";
import { PageHeader } from "@/app/_ui/PageHeader";
import { plural } from "@/app/_ui/words";
import { listAgents } from "@/lib/agents/list";
import { connectors } from "@/lib/connectors/registry";
import type { PersonCtx } from "@/lib/ctx";
import { type AccessFilter, type AccessList, listAccess } from "@/lib/overview/access";
import { chooseAccounts } from "@/lib/overview/chooseAccounts";
import { choosePeople } from "@/lib/people/choose";
import { OwnReaches, Reaches } from "./Reaches";

export const metadata: Metadata = { title: "Access" };

type Search = Readonly<Record<string, string | string[] | undefined>>;
const ROWS_PER_PAGE = 100;
/** The names in the address, and the verb's own. */
const NAMES = { agent: "agentId", person: "personId", connector: "connector", connection: "connectionId", access: "access" } as const;

export default async function AccessPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const search = await searchParams;
  const shown = readShown(search);
  // A form sends its empty fields too; the address to share has only what was chosen.
  const { connection, ...others } = shown;
  if (Object.values(search).includes("")) redirect(pathOf(search.person === "" ? others : shown));
  const filter = Object.fromEntries(Object.entries(shown).map(([name, value]) => [NAMES[name as keyof typeof NAMES], value]));
  const after = afterOf(search);
  const [list, options, choice] = await readForPage(() =>
    Promise.all([
      listAccess(ctx, { ...filter, limit: ROWS_PER_PAGE, ...(after ? { cursor: after } : {}) } as AccessFilter),
      optionsFor(ctx),
      chooseAccounts(ctx, { personId: shown.person, connectionId: shown.connection }),
    ]),
  );
  const accounts: Options = choice.accounts.map(({ id, connectorName, accountName }) => [id, `${connectorName}, ${accountName}`]);
  // Of the person who was chosen before: another one's accounts are not theirs.
  if (connection && shown.person && !accounts.some(([id]) => id === connection)) redirect(pathOf(others));
  const filtered = Object.keys(shown).length > 0;
  return (
    <>
      <PageHeader
        title="Access"
        lead="Who reaches what right now: choose an agent to see what it can reach, or a person, an account or a service to see who reaches it."
        actions={list.total > 0 ? <ExportLink list="access" words="these live grants" filter={filter} /> : null}
      />
      <Form key={JSON.stringify(shown)} action="/admin/access" aria-label="Filters" className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          <Choice label="Agent" name="agent" value={shown.agent} options={options.agents} />
          <Choice label="Person" name="person" value={shown.person ?? choice.personId ?? undefined} options={options.people} />
          <Account value={connection} accounts={accounts} person={choice.personId !== null} />
          <Choice label="Service" name="connector" value={shown.connector} options={options.connectors} />
          <Choice label="Access" name="access" value={shown.access} options={ACCESS} />
        </div>
        <div className="flex flex-wrap gap-2">
          <Button type="submit">Show</Button>
          {filtered ? (
            <ButtonLink look="quiet" href="/admin/access">
              Clear
            </ButtonLink>
          ) : null}
        </div>
      </Form>
      <Section
        id="reaches"
        title={list.total === 0 ? "Accounts of people" : plural(list.total, "live grant")}
        lead={leadOf(list, after !== undefined)}
      >
        {list.rows.length === 0 ? (
          <Empty icon={ArrowRightLeft} title="Nobody reaches anything by this">
            {filtered
              ? "What has ended, is paused, suspended or without an owner gives nothing, and is not shown."
              : "As soon as somebody lends an agent a part of an account, it stands here."}
          </Empty>
        ) : (
          <Reaches rows={list.rows} now={ctx.clock.now()} />
        )}
      </Section>
      <Pages shown={shown} after={after} next={list.nextCursor} />
      {list.own.length > 0 ? (
        <Section id="own" title="On their own authority" lead="At services of the house. No person stands behind it.">
          <OwnReaches rows={list.own} now={ctx.clock.now()} />
        </Section>
      ) : null}
    </>
  );
}

type Options = readonly (readonly [value: string, words: string])[];
const ACCESS: Options = [
  ["read", "Read-only"],
  ["write", "Can write"],
];

function Choice({ label, name, value, options }: { label: string; name: string; value: string | undefined; options: Options }) {
  return (
    <SelectField label={label} name={name} defaultValue={value ?? ""}>
      <option value="">Any</option>
      {options.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </SelectField>
  );
}

async function optionsFor(ctx: PersonCtx): Promise<Record<"agents" | "people" | "connectors", Options>> {
  const [agents, people] = await Promise.all([listAgents(ctx, { scope: "all" }), choosePeople(ctx)]);
  return {
    agents: agents.map(({ id, name, ownerName }) => [id, `${name} (${ownerName})`]),
    people: people.map(({ id, name, email }) => [id, `${name} (${email})`]),
    connectors: connectors.map(({ id, name }) => [id, name]),
  };
}

function leadOf({ rows, total }: AccessList, later: boolean): string | null {
  if (rows.length === total) return null;
  return `${later ? `${rows.length} more` : `The first ${rows.length}`} of them, those that can write first. Choose an agent, a person or an account to see fewer.`;
}

/** Which of a person's accounts. Without a person there is nothing to choose from yet: the form is sent once for each step. */
function Account({ value, accounts, person }: { value: string | undefined; accounts: Options; person: boolean }) {
  return (
    <SelectField label="Account" name="connection" defaultValue={value ?? ""} disabled={accounts.length === 0}>
      <option value="">{accountWords(accounts, person)}</option>
      {accounts.map(([id, words]) => (
        <option key={id} value={id}>
          {words}
        </option>
      ))}
    </SelectField>
  );
}

function accountWords(accounts: Options, person: boolean): string {
  if (accounts.length > 0) return "Any of theirs";
  return person ? "They have connected none" : "Choose a person and press Show";
}

interface PagesProps {
  readonly shown: Record<string, string>;
  readonly after: string | undefined;
  readonly next: string | null;
}

function Pages({ shown, after, next }: PagesProps) {
  if (!next && !after) return null;
  return (
    <nav aria-label="Pages" className="flex flex-wrap gap-2">
      {after ? <ButtonLink href={pathOf(shown)}>Back to the first</ButtonLink> : null}
      {next ? <ButtonLink href={pathOf({ ...shown, after: next })}>Next page</ButtonLink> : null}
    </nav>
  );
}

function afterOf({ after }: Search): string | undefined {
  return typeof after === "string" && after !== "" && after.length <= 60 ? after : undefined;
}

/** What makes no sense is left out rather than refused: a link may be old. */
function readShown(search: Search): Partial<Record<keyof typeof NAMES, string>> {
  const given = Object.keys(NAMES).map((name) => [name, search[name]] as const);
  return Object.fromEntries(given.filter(([name, value]) => typeof value === "string" && value !== "" && fits(name, value)));
}

function fits(name: string, value: string): boolean {
  return name === "access" ? value === "read" || value === "write" : value.length <= 60;
}

function pathOf(shown: Record<string, string>): string {
  const query = new URLSearchParams(shown).toString();
  return query ? `/admin/access?${query}` : "/admin/access";
}
