import { Plug } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Section } from "@/app/_ui/Card";
import { Disclosure } from "@/app/_ui/Disclosure";
import { Empty } from "@/app/_ui/Empty";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { plural } from "@/app/_ui/words";
import { listConnections } from "@/lib/connections/list";
import { type ConnectorStatus, listConnectors } from "@/lib/setups/list";
import { ConnectionCard } from "./ConnectionCard";
import { ConnectorCard } from "./ConnectorCard";
import { problemSentence } from "./problems";

export const metadata: Metadata = { title: "Connections" };

export default async function ConnectionsPage({ searchParams }: { readonly searchParams: Promise<{ problem?: string | string[] }> }) {
  const ctx = await requirePerson();
  const [connections, connectors] = await readForPage(() => Promise.all([listConnections(ctx), listConnectors(ctx)]));
  const present = connections.filter((one) => one.status !== "disconnected");
  const past = connections.filter((one) => one.status === "disconnected");
  const problem = problemSentence((await searchParams).problem);
  const now = ctx.clock.now();
  const admin = ctx.actor.role === "admin";
  const [ready, waiting] = [connectors.filter((one) => one.enabled), connectors.filter((one) => !one.enabled)];
  return (
    <>
      <PageHeader
        title="Connections"
        lead="Accounts you connected. An agent gets only the part of one that you lend it, for as long as you say."
      />
      {problem ? (
        <Notice tone="danger" role="alert" title="Not connected">
          {problem}
        </Notice>
      ) : null}
      <Section id="yours" title="Your accounts">
        {present.length === 0 ? (
          <Empty icon={Plug} title="No account is connected yet">
            Choose a service below. You pick what Valet may have before you leave this page, and reading is the default.
          </Empty>
        ) : (
          <ul className="grid gap-3 xl:grid-cols-2">
            {present.map((one) => (
              <li key={one.id}>
                <ConnectionCard connection={one} now={now} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section id="catalogue" title="Connect an account" lead="Several accounts of one service are fine.">
        <Catalogue list={ready} admin={admin} />
        {waiting.length > 0 ? (
          <Disclosure summary={`${plural(waiting.length, "service")} not switched on here`} open={ready.length === 0}>
            <Catalogue list={waiting} admin={admin} />
          </Disclosure>
        ) : null}
      </Section>
      {past.length > 0 ? (
        <Section id="past" title="Disconnected" lead="Valet keeps no key to these any more.">
          <ul className="grid gap-3 xl:grid-cols-2">
            {past.map((one) => (
              <li key={one.id}>
                <ConnectionCard connection={one} now={now} />
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </>
  );
}

function Catalogue({ list, admin }: { readonly list: readonly ConnectorStatus[]; readonly admin: boolean }) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {list.map((one) => (
        <li key={one.id}>
          <ConnectorCard connector={one} admin={admin} />
        </li>
      ))}
    </ul>
  );
}
