import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Card, Section } from "@/app/_ui/Card";
import { ExportLink } from "@/app/_ui/ExportLink";
import { PageHeader } from "@/app/_ui/PageHeader";
import { plural } from "@/app/_ui/words";
import { listPeople } from "@/lib/people/list";
import { InviteForm } from "./InviteForm";
import { PersonRow } from "./PersonRow";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const ctx = await requirePerson();
  const people = await readForPage(() => listPeople(ctx));
  const admin = ctx.actor.role === "admin";
  const here = people.filter((one) => one.status !== "removed");
  const gone = people.filter((one) => one.status === "removed");
  const row = { admin, me: ctx.actor.personId, now: ctx.clock.now() };
  return (
    <>
      <PageHeader
        title="People"
        lead={`${plural(here.length, "person", "people")} here, what each has, and what agents can do in their name.`}
        actions={<ExportLink list="people" words="everybody" />}
      />
      {admin ? (
        <Section id="invite" title="Invite a person">
          <InviteForm />
        </Section>
      ) : null}
      <Section id="here" title="Everybody">
        <Card>
          <ul className="divide-y">
            {here.map((person) => (
              <PersonRow key={person.id} person={person} {...row} />
            ))}
          </ul>
        </Card>
      </Section>
      {gone.length > 0 ? (
        <Section id="gone" title="Removed" lead="Kept for the ledger. They can do nothing.">
          <Card>
            <ul className="divide-y">
              {gone.map((person) => (
                <PersonRow key={person.id} person={person} {...row} />
              ))}
            </ul>
          </Card>
        </Section>
      ) : null}
    </>
  );
}
