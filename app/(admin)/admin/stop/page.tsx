import type { Metadata } from "next";
import Form from "next/form";
import Link from "next/link";
import { notFound } from "next/navigation";
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
import { whatStops } from "@/lib/overview/whatStops";
import { listPeople } from "@/lib/people/list";
import { LetAllGoOn, StopAll } from "./StopAll";
import { type Height, StopOne } from "./StopOne";
import { stopSentence, tokensSentence } from "./words";

export const metadata: Metadata = { title: "Stop" };

type Search = Readonly<Record<string, string | string[] | undefined>>;
const TARGETS = { grant: "grantId", agent: "agentId", person: "personId" } as const;

export default async function StopPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  if (ctx.actor.role === "member") notFound();
  const search = await searchParams;
  const chosen = chosenOf(search);
  return (
    <>
      <PageHeader
        title="Stop"
        lead="A grant, an agent, all that a person lends, or everything: the very next exchange or call is refused."
        {...(chosen ? { back: { href: "/admin/stop", label: "Everything there is to stop" } } : {})}
      />
      {chosen ? <One ctx={ctx} height={chosen.height} id={chosen.id} /> : <All ctx={ctx} text={textOf(search.q)} />}
    </>
  );
}

async function One({ ctx, height, id }: { readonly ctx: PersonCtx; readonly height: Height; readonly id: string }) {
  const what = await readForPage(() => whatStops(ctx, { [TARGETS[height]]: id }));
  const title = height === "grant" ? `A grant of ${what.name}` : (what.name ?? "");
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
      <StopOne height={height} id={id} what={what} admin={ctx.actor.role === "admin"} now={ctx.clock.now()} />
    </Section>
  );
}

async function All({ ctx, text }: { readonly ctx: PersonCtx; readonly text: string }) {
  const [what, found] = await readForPage(() => Promise.all([whatStops(ctx), find(ctx, text)]));
  const now = ctx.clock.now();
  const admin = ctx.actor.role === "admin";
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

function Found({ agents, people }: { readonly agents: readonly Hit[]; readonly people: readonly Hit[] }) {
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

async function find(ctx: PersonCtx, text: string): Promise<{ agents: Hit[]; people: Hit[] }> {
  if (!text) return { agents: [], people: [] };
  const [agents, people] = await Promise.all([listAgents(ctx, { scope: "all" }), listPeople(ctx)]);
  const has = (...words: string[]) => words.some((word) => word.toLowerCase().includes(text.toLowerCase()));
  const agentHits = agents.filter(({ name }) => has(name)).map(({ id, name, ownerName }) => ({ id, name, more: `of ${ownerName}` }));
  const peopleHits = people.filter(({ name, email }) => has(name, email)).map(({ id, name, email }) => ({ id, name, more: email }));
  return { agents: agentHits.slice(0, HITS_MAX), people: peopleHits.slice(0, HITS_MAX) };
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
