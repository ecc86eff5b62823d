import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { ScopeChoice } from "@/app/_ui/ScopeChoice";
import { Tile } from "@/app/_ui/Tile";
import { KEY_DAYS_MAX } from "@/lib/connections/recordKey";
import { takesPastedKey } from "@/lib/connectors/pastedKey";
import { localConnector } from "@/lib/setups/client";
import { listConnectors } from "@/lib/setups/list";
import { RecordKeyForm } from "./RecordKeyForm";

export const metadata: Metadata = { title: "Record a shared key" };

/** The last resort, and it says so. */
export default async function RecordKeyPage({ searchParams }: { readonly searchParams: Promise<{ connector?: string | string[] }> }) {
  const ctx = await requirePerson();
  const { connector: wanted } = await searchParams;
  const connector = (await readForPage(() => listConnectors(ctx))).find((one) => one.id === wanted && one.enabled);
  if (!connector || !takesPastedKey(localConnector(ctx, connector.id))) notFound();
  const { id, name, scopes, tile } = connector;
  const day = (days: number) => new Date(ctx.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10);
  return (
    <>
      <PageHeader
        title={`Record a shared key of ${name}`}
        lead="For a key that exists already and that several use. It is yours to answer for until it ends."
        back={{ href: `/connections/new?connector=${id}`, label: `Connect ${name}` }}
        mark={<Tile {...tile} />}
      />
      <Notice
        tone="warn"
        title="Not recommended"
        action={<ButtonLink href={`/connections/new?connector=${id}`}>Connect the account instead</ButtonLink>}
      >
        Whoever has a copy can use it without Valet, and {name} cannot tell who did. Agents get parts of it through Valet's gateway alone,
        it wears a warning everywhere, and it ends here within {KEY_DAYS_MAX} days. Ending it here does not end it at {name}.
      </Notice>
      <RecordKeyForm connector={id} connectorName={name} earliest={day(1)} latest={day(KEY_DAYS_MAX)} usual={day(30)}>
        {scopes.length > 0 ? (
          <div className="grid gap-3">
            <div>
              <h2 className="text-md font-semibold tracking-tight">What can it do?</h2>
              <p className="max-w-2xl text-muted">{name} does not say, so this is your word. No more than this is ever lent from it.</p>
            </div>
            <ScopeChoice list={scopes} ticked={scopes.filter((scope) => scope.preset).map((scope) => scope.name)} />
          </div>
        ) : null}
      </RecordKeyForm>
    </>
  );
}
