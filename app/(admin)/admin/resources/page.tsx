import { KeyRound, Server } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Card, Section } from "@/app/_ui/Card";
import { Id } from "@/app/_ui/DataList";
import { Empty } from "@/app/_ui/Empty";
import { PageHeader } from "@/app/_ui/PageHeader";
import { PatternTag } from "@/app/_ui/PatternTag";
import { When } from "@/app/_ui/When";
import { plural } from "@/app/_ui/words";
import { listSharedKeys, type SharedKeyView } from "@/lib/connections/sharedKeys";
import { listResources, type ResourceView } from "@/lib/platform/resources";
import { RegisterForm } from "./RegisterForm";
import { RemoveButton } from "./RemoveButton";

export const metadata: Metadata = { title: "Platform" };

/** What agents do on no person's authority: services of the house, and keys that nobody's name is on. */
export default async function ResourcesPage() {
  const ctx = await requirePerson();
  const [resources, keys] = await readForPage(() => Promise.all([listResources(ctx), listSharedKeys(ctx)]));
  const admin = ctx.actor.role === "admin";
  return (
    <>
      <PageHeader title="Platform" lead="Where agents act on no person's authority: services of the house, and shared keys." />
      <Section
        id="services"
        title="Services of the house"
        lead="They take Valet's tokens. An agent gets access on its own page. Valet sees a token issued, not used."
      >
        {resources.length === 0 ? (
          <Empty icon={Server} title="No service is known">
            Register one, and agents can be given access of their own there.
          </Empty>
        ) : (
          <Services list={resources} admin={admin} />
        )}
      </Section>
      {admin ? (
        <Section id="register" title="Register a service">
          <RegisterForm />
        </Section>
      ) : null}
      <Section
        id="keys"
        title="Shared keys"
        lead={keys.length === 0 ? undefined : `${plural(keys.length, "shared key")}; each ends by itself.`}
      >
        {keys.length === 0 ? (
          <Empty icon={KeyRound} title="None">
            Every account here was connected by somebody who agreed to it.
          </Empty>
        ) : (
          <Keys list={keys} now={ctx.clock.now()} />
        )}
      </Section>
    </>
  );
}

function Services({ list, admin }: { readonly list: readonly ResourceView[]; readonly admin: boolean }) {
  return (
    <Card>
      <ul className="divide-y">
        {list.map(({ id, name, resource, scopes, servedBy, agents }) => (
          <li key={id} className="flex flex-wrap items-center justify-between gap-3 px-4 py-row">
            <div className="min-w-0">
              <p className="font-medium">{name}</p>
              <p>
                <Id>{resource}</Id>
              </p>
              <p className="text-sm break-words text-muted">
                {scopes.join(", ") || "No scopes"}. {plural(agents, "agent")}
                {servedBy ? `, served by ${servedBy.name}` : null}
              </p>
            </div>
            {admin ? <RemoveButton resourceId={id} name={name} agents={agents} /> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Keys({ list, now }: { readonly list: readonly SharedKeyView[]; readonly now: Date }) {
  return (
    <Card>
      <ul className="divide-y">
        {list.map(({ connectionId, connectorName, accountName, ownerName, endsAt, liveGrants }) => (
          <li key={connectionId} className="flex flex-wrap items-center justify-between gap-3 px-4 py-row">
            <div className="min-w-0">
              <Link href={`/connections/${connectionId}`} className="prose-link break-words">
                {connectorName}, {accountName}
              </Link>
              <p className="text-sm text-muted">
                Kept by {ownerName}, {plural(liveGrants, "live grant")}, ends <When at={endsAt} now={now} />
              </p>
            </div>
            <PatternTag pattern="shared_key" />
          </li>
        ))}
      </ul>
    </Card>
  );
}
