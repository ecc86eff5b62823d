import { UserPlus, Users } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { ExportLink } from "@/app/_ui/ExportLink";
import { PageHeader } from "@/app/_ui/PageHeader";
import { ViewSwitch } from "@/app/_ui/ViewSwitch";
import { plural } from "@/app/_ui/words";
import { listPeople, type PeoplePage as Page } from "@/lib/people/list";
import { filterOf, isFiltered, PARTS, pathOf, readShown, type Search, type Shown } from "./address";
import { Filters } from "./Filters";
import { InviteForm } from "./InviteForm";
import { PersonRow } from "./PersonRow";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const search = await searchParams;
  const shown = readShown(search);
  // A form sends its empty fields too; the address to share has only what was chosen.
  if (Object.values(search).includes("")) redirect(pathOf(shown));
  const page = await readForPage(() => listPeople(ctx, filterOf(shown, search.after)));
  const admin = ctx.actor.role === "admin";
  const row = { admin, me: ctx.actor.personId, now: ctx.clock.now() };
  return (
    <>
      <PageHeader
        title="People"
        lead="Who is here, what each has, and what agents can do in their name."
        actions={<ExportLink list="people" words="these people" filter={filterOf(shown, undefined)} />}
      />
      {admin && shown.part === "here" ? (
        <Section id="invite" title="Invite a person">
          <InviteForm />
        </Section>
      ) : null}
      <Section id="people" title={TITLES[shown.part]} lead={leadOf(shown, page)}>
        <ViewSwitch
          label="Status"
          choices={PARTS.map((part) => ({
            href: pathOf({ ...shown, part }),
            words: `${WORDS[part]} (${page.counts[part]})`,
            here: shown.part === part,
          }))}
        />
        <Filters shown={shown} />
        {page.people.length === 0 ? (
          <Nothing shown={shown} />
        ) : (
          <Card>
            <ul className="divide-y">
              {page.people.map((person) => (
                <PersonRow key={person.id} person={person} {...row} />
              ))}
            </ul>
          </Card>
        )}
        <Pages shown={shown} after={search.after} next={page.nextCursor} />
      </Section>
    </>
  );
}

const TITLES = { here: "Everybody", suspended: "Suspended", removed: "Removed" } as const;
const WORDS = { here: "Here", suspended: "Suspended", removed: "Removed" } as const;

function leadOf(shown: Shown, { counts }: Page): string | null {
  if (counts[shown.part] === 0) return null;
  if (shown.part === "removed") return "Kept for the ledger. They can do nothing.";
  if (shown.part === "suspended") return "They are out, and what they lent gives nothing, until they are let back in.";
  return `${plural(counts.here, "person", "people")} ${isFiltered(shown) ? "fit these filters" : "here"}, by name.`;
}

function Nothing({ shown }: { readonly shown: Shown }) {
  if (isFiltered(shown)) {
    return (
      <Empty
        icon={Users}
        title="Nobody is like that"
        action={<ButtonLink href={pathOf({ part: shown.part })}>Clear the filters</ButtonLink>}
      >
        Try a shorter part of the name or the e-mail, or look under another status.
      </Empty>
    );
  }
  return (
    <Empty icon={UserPlus} title={shown.part === "removed" ? "Nobody was removed" : "Nobody is suspended"}>
      Somebody who leaves is removed on their own page, after it has shown what stops.
    </Empty>
  );
}

function Pages({ shown, after, next }: { readonly shown: Shown; readonly after: Search[string]; readonly next: string | null }) {
  if (!next && !after) return null;
  return (
    <nav aria-label="Pages" className="flex flex-wrap gap-2">
      {after ? <ButtonLink href={pathOf(shown)}>Back to the first</ButtonLink> : null}
      {next ? <ButtonLink href={pathOf(shown, next)}>Next page</ButtonLink> : null}
    </nav>
  );
}
