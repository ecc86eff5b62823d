import { Plug, SearchX } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { Disclosure } from "@/app/_ui/Disclosure";
import { Empty } from "@/app/_ui/Empty";
import { ExportLink } from "@/app/_ui/ExportLink";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { plural } from "@/app/_ui/words";
import { type ConnectionSummary, listConnections } from "@/lib/connections/list";
import { type ConnectorStatus, listConnectors } from "@/lib/setups/list";
import { ConnectionCard } from "./ConnectionCard";
import { ConnectorCard } from "./ConnectorCard";
import { searchCatalogue } from "./catalogue";
import { problemSentence } from "./problems";
import { Search } from "./Search";

export const metadata: Metadata = { title: "Connections" };

interface Props {
  readonly searchParams: Promise<{ problem?: string | string[]; q?: string | string[] }>;
}

export default async function ConnectionsPage({ searchParams }: Props) {
  const ctx = await requirePerson();
  const { problem: code, q } = await searchParams;
  const [connections, connectors] = await readForPage(() => Promise.all([listConnections(ctx), listConnectors(ctx)]));
  const present = connections.filter((one) => one.status !== "disconnected");
  const past = connections.filter((one) => one.status === "disconnected");
  const problem = problemSentence(code);
  const accounts = { connectors, now: ctx.clock.now() };
  return (
    <>
      <PageHeader
        title="Connections"
        lead="Accounts you connected. An agent gets only the part of one that you lend it, for as long as you say."
        actions={
          <>
            {connections.length > 0 ? <ExportLink list="connections" words="your accounts" /> : null}
            {present.length > 0 ? <ButtonLink href="#catalogue">Connect an account</ButtonLink> : null}
          </>
        }
      />
      {problem ? (
        <Notice tone="danger" role="alert" title="Not connected">
          {problem}
        </Notice>
      ) : null}
      <Section id="yours" title="Your accounts" lead={present.length > 0 ? summary(present) : null}>
        {present.length === 0 ? (
          <Empty icon={Plug} title="No account is connected yet">
            Choose a service below. You pick what Valet may have before you leave this page, and reading is the default.
          </Empty>
        ) : (
          <Accounts list={present} {...accounts} />
        )}
      </Section>
      <Catalogue connectors={connectors} search={typeof q === "string" ? q.slice(0, 80) : ""} admin={ctx.actor.role === "admin"} />
      {past.length > 0 ? (
        <Section id="past" title="Disconnected" lead="Valet keeps no key to these any more.">
          <Accounts list={past} {...accounts} />
        </Section>
      ) : null}
    </>
  );
}

/** "3 accounts, 1 needs you". */
function summary(present: readonly ConnectionSummary[]): string {
  const accounts = plural(present.length, "account");
  const waiting = present.filter(({ status }) => status === "needs_reconnect").length;
  if (waiting > 0) return `${accounts}, ${waiting === 1 ? "1 needs" : `${waiting} need`} you.`;
  const troubled = present.filter(({ health }) => health === "trouble").length;
  return troubled > 0 ? `${accounts}, ${troubled} with a failed refresh.` : `${accounts}, all working.`;
}

interface AccountsProps {
  readonly list: readonly ConnectionSummary[];
  readonly connectors: readonly ConnectorStatus[];
  readonly now: Date;
}

function Accounts({ list, connectors, now }: AccountsProps) {
  return (
    <ul className="grid grid-cols-[minmax(0,1fr)] gap-3 xl:grid-cols-2">
      {list.map((one) => (
        <li key={one.id}>
          <ConnectionCard connection={one} connector={connectors.find(({ id }) => id === one.connector)} now={now} />
        </li>
      ))}
    </ul>
  );
}

interface CatalogueProps {
  readonly connectors: readonly ConnectorStatus[];
  readonly search: string;
  readonly admin: boolean;
}

function Catalogue({ connectors, search, admin }: CatalogueProps) {
  const found = searchCatalogue(connectors, search);
  const [ready, waiting] = [found.filter((one) => one.enabled), found.filter((one) => !one.enabled)];
  return (
    <Section id="catalogue" title="Connect an account" lead="Several accounts of one service are fine." actions={<Search value={search} />}>
      <p role="status" className={search ? "text-sm text-muted" : "sr-only"}>
        {search && found.length > 0 ? `${plural(found.length, "service")} for “${search}”` : ""}
      </p>
      {found.length === 0 ? (
        <Empty icon={SearchX} title={`No service answers to “${search}”`} action={<ButtonLink href="/connections">See all</ButtonLink>}>
          Try its name, or a part of it. Valet knows {plural(connectors.length, "service")}.
        </Empty>
      ) : null}
      <Services list={ready} admin={admin} />
      {waiting.length > 0 ? (
        <Disclosure
          key={search}
          summary={`${plural(waiting.length, "service")} not switched on here`}
          open={ready.length === 0 || search !== ""}
        >
          <Services list={waiting} admin={admin} />
        </Disclosure>
      ) : null}
    </Section>
  );
}

function Services({ list, admin }: { readonly list: readonly ConnectorStatus[]; readonly admin: boolean }) {
  if (list.length === 0) return null;
  return (
    <ul className="grid grid-cols-[minmax(0,1fr)] gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {list.map((one) => (
        <li key={one.id}>
          <ConnectorCard connector={one} admin={admin} />
        </li>
      ))}
    </ul>
  );
}
