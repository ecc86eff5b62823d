import type { Metadata } from "next";
import Form from "next/form";
import Link from "next/link";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Button } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { TextField } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Who } from "@/app/_ui/Who";
import { plural } from "@/app/_ui/words";
import { listAgents } from "@/lib/agents/list";
import { STOP_WORDS } from "@/lib/agents/stopEverything";
import type { PersonCtx } from "@/lib/ctx";
import { type WhatStops, whatStops } from "@/lib/overview/whatStops";
import { choosePeople } from "@/lib/people/choose";
import { LetAllGoOn, StopAll } from "./StopAll";
import { type Height, StopOne } from "./StopOne";
import { stopSentence, tokensSentence } from "./words";

export const metadata: Metadata = { title: "Stop" };

type Search = Readonly<Record<string, string | string[] | undefined>>;
const TARGETS = { grant: "grantId", agent: "agentId", person: "personId" } as const;

export default async function StopPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const search = await searchParams;
  const chosen = chosenOf(search);
  const text = chosen ? "" : textOf(search.q);
  const [what, found] = await readForPage(() =>
    Promise.all([whatStops(ctx, chosen ? { [TARGETS[chosen.height]]: chosen.id } : {}), find(ctx, text)]),
  );
  const seen = { what, admin: ctx.actor.role === "admin", now: ctx.clock.now() };
  return (
    <>
      <PageHeader
        title="Stop"
        lead="A grant, an agent, all that a person lends, or everything: the very next exchange or call is refused."
        {...(chosen ? { back: { href: "/admin/stop", label: "Everything there is to stop" } } : {})}
      />
      {chosen ? <One {...chosen} {...seen} /> : <All text={text} found={found} {...seen} />}
    </>
  );
}

interface Seen {
  readonly what: WhatStops;
  readonly admin: boolean;
  readonly now: Date;
}

function One({ height, id, ...seen }: Seen & { readonly height: Height; readonly id: string }) {
  const { name } = seen.what;
  const title = height === "grant" ? `A grant of ${name}` : (name ?? "");
  return (
    <Section
      id="one"
      title={title}
      actions={
        height === "grant" ? (
          <Link href={`/grants/${id}`} className="prose-link">
            Look at it
          </Link>
        ) : null
      }
    >
      <StopOne height={height} id={id} {...seen} />
    </Section>
  );
}

function All({ what, admin, now, text, found }: Seen & { readonly text: string; readonly found: Hits }) {
  return (
    <>
      {what.keptStopped > 0 ? (
        <Notice
          tone="danger"
          title={`${plural(what.keptStopped, "agent")} stopped together`}
          action={admin ? <LetAllGoOn agents={what.keptStopped} /> : null}
        >
          They are refused until somebody lets them go on, here or one by one.
        </Notice>
      ) : null}
      <Section id="find" title="An agent, or all that a person lends" lead="A single grant is stopped on its own page, or from Access.">
        <Form action="/admin/stop" className="flex flex-wrap items-end gap-2" aria-label="Find">
          <TextField label="Name or e-mail" name="q" defaultValue={text} data-filter className="sm:w-72" />
          <Button type="submit" className="min-h-9">
            Find
          </Button>
        </Form>
        {text ? <Found {...found} /> : null}
      </Section>
      <Section id="everything" title="Everything" lead="Every agent of everybody, whosever authority it spends.">
        <Card className="grid gap-3 border-danger/40 p-4">
          <p className="text-md">{stopSentence(what)}</p>
          <p className="text-muted">{tokensSentence(what, now)}</p>
          {admin ? <StopAll words={STOP_WORDS} /> : null}
        </Card>
      </Section>
    </>
  );
}

interface Hit {
  readonly id: string;
  readonly name: string;
  readonly more: string;
}

interface Hits {
  readonly agents: readonly Hit[];
  readonly people: readonly Hit[];
}

function Found({ agents, people }: Hits) {
  if (agents.length + people.length === 0) return <p className="text-muted">Nobody here is called so.</p>;
  return (
    <Card>
      <ul className="divide-y">
        {(
          [
            ["agent", agents],
            ["person", people],
          ] as const
        ).flatMap(([kind, hits]) =>
          hits.map((hit) => (
            <li key={hit.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
              <Link href={`/admin/stop?${kind}=${hit.id}`} className="min-w-0 flex-1 basis-52 rounded hover:underline">
                <Who kind={kind} name={hit.name} />
              </Link>
              <span className="min-w-0 text-sm break-all text-muted">{hit.more}</span>
            </li>
          )),
        )}
      </ul>
    </Card>
  );
}

const HITS_MAX = 20;

async function find(ctx: PersonCtx, text: string): Promise<Hits> {
  if (!text) return { agents: [], people: [] };
  const [agents, people] = await Promise.all([listAgents(ctx, { scope: "all" }), choosePeople(ctx, { text, limit: HITS_MAX })]);
  const has = (...words: string[]) => words.some((word) => word.toLowerCase().includes(text.toLowerCase()));
  const agentHits = agents.filter(({ name }) => has(name)).map(({ id, name, ownerName }) => ({ id, name, more: `of ${ownerName}` }));
  return { agents: agentHits.slice(0, HITS_MAX), people: people.map(({ id, name, email }) => ({ id, name, more: email })) };
}

function chosenOf(search: Search): { readonly height: Height; readonly id: string } | null {
  for (const height of ["grant", "agent", "person"] as const) {
    const id = search[height];
    if (typeof id === "string" && id !== "" && id.length <= 60) return { height, id };
  }
  return null;
}

function textOf(value: Search[string]): string {
  return typeof value === "string" ? value.trim().slice(0, 80) : "";
}
