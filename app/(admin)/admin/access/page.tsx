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
import { type AccessFilter, listAccess } from "@/lib/overview/access";
import { listPeople } from "@/lib/people/list";
import { OwnReaches, Reaches } from "./Reaches";

export const metadata: Metadata = { title: "Access" };

type Search = Readonly<Record<string, string | string[] | undefined>>;
/** The names in the address, and the verb's own. */
const NAMES = { agent: "agentId", person: "personId", connector: "connector", connection: "connectionId", access: "access" } as const;

/** On a page. */
const ROWS = 100;

export default async function AccessPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const search = await searchParams;
  const shown = readShown(search);
  const after = typeof search.after === "string" ? search.after.slice(0, 60) : undefined;
  // A form sends its empty fields too; the address to share has only what was chosen.
  if (Object.values(search).includes("")) redirect(pathOf(shown));
  const filter = Object.fromEntries(Object.entries(shown).map(([name, value]) => [NAMES[name as keyof typeof NAMES], value]));
  const [list, options] = await readForPage(() =>
    Promise.all([listAccess(ctx, { ...filter, limit: ROWS, cursor: after } as AccessFilter), optionsFor(ctx)]),
  );
  const filtered = Object.keys(shown).length > 0;
  return (
    <>
      <PageHeader
        title="Access"
        lead="Who reaches what right now: choose an agent to see what it can reach, or a person, an account or a service to see who reaches it."
        actions={list.total > 0 ? <ExportLink list="access" words="these live grants" filter={filter} /> : null}
      />
      <Form key={JSON.stringify(shown)} action="/admin/access" aria-label="Filters" className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
          <Choice label="Agent" name="agent" value={shown.agent} options={options.agents} />
          <Choice label="Person" name="person" value={shown.person} options={options.people} />
          <Choice label="Service" name="connector" value={shown.connector} options={options.connectors} />
          <Choice label="Access" name="access" value={shown.access} options={ACCESS} />
        </div>
        {shown.connection ? <input type="hidden" name="connection" value={shown.connection} /> : null}
        <div className="flex flex-wrap gap-2">
          <Button type="submit">Show</Button>
          {filtered ? (
            <ButtonLink look="quiet" href="/admin/access">
              Clear
            </ButtonLink>
          ) : null}
        </div>
      </Form>
      <Section id="reaches" title={list.total === 0 ? "Accounts of people" : plural(list.total, "live grant")}>
        {list.rows.length === 0 ? (
          <Empty
            icon={ArrowRightLeft}
            title={filtered ? "Nobody reaches anything by this" : "Nobody reaches anything"}
            action={
              filtered ? (
                <ButtonLink href="/admin/access">Clear filters</ButtonLink>
              ) : (
                <ButtonLink href="/admin/agents">See all agents</ButtonLink>
              )
            }
          >
            {filtered
              ? "What has ended, is paused, suspended or without an owner gives nothing, and is not shown."
              : "As soon as somebody lends an agent a part of an account, it stands here."}
          </Empty>
        ) : (
          <Reaches rows={list.rows} now={ctx.clock.now()} />
        )}
        <Pages shown={shown} after={after} next={list.nextCursor} />
      </Section>
      {list.own.length > 0 ? (
        <Section id="own" title="On their own authority" lead="At services of the house. No person stands behind it.">
          <OwnReaches rows={list.own} now={ctx.clock.now()} />
        </Section>
      ) : null}
    </>
  );
}

interface PagesProps {
  readonly shown: Record<string, string>;
  readonly after: string | undefined;
  readonly next: string | null;
}

function Pages({ shown, after, next }: PagesProps) {
  if (!after && !next) return null;
  return (
    <nav aria-label="Pages" className="flex flex-wrap gap-2">
      {after ? <ButtonLink href={pathOf(shown)}>Back to the first</ButtonLink> : null}
      {next ? <ButtonLink href={pathOf({ ...shown, after: next })}>Next page</ButtonLink> : null}
    </nav>
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
  const [agents, people] = await Promise.all([listAgents(ctx, { scope: "all" }), listPeople(ctx)]);
  return {
    agents: agents.map(({ id, name, ownerName }) => [id, `${name} (${ownerName})`]),
    people: people.map(({ id, name, email }) => [id, `${name} (${email})`]),
    connectors: connectors.map(({ id, name }) => [id, name]),
  };
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
