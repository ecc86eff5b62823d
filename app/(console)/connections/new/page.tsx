import type { Metadata } from "next";
import Link from "next/link";
import { notFound, redirect } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { ScopeChoice } from "@/app/_ui/ScopeChoice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { Tile } from "@/app/_ui/Tile";
import { takesPastedKey } from "@/lib/connectors/pastedKey";
import { localConnector } from "@/lib/setups/client";
import { listConnectors } from "@/lib/setups/list";
import { ConnectForm } from "../ConnectForm";

export const metadata: Metadata = { title: "Connect an account" };

export default async function ConnectPage({ searchParams }: { readonly searchParams: Promise<{ connector?: string | string[] }> }) {
  const ctx = await requirePerson();
  const { connector: wanted } = await searchParams;
  if (wanted === undefined) redirect("/connections#catalogue");
  const connector = (await readForPage(() => listConnectors(ctx))).find((one) => one.id === wanted);
  if (!connector) notFound();
  const { id, name, summary, scopes, tile, enabled } = connector;
  const back = { href: "/connections", label: "Connections" };
  if (!enabled) {
    return (
      <>
        <PageHeader title={`Connect ${name}`} back={back} mark={<Tile {...tile} />} />
        <Notice title={`${name} is not switched on here`} action={<ButtonLink href="/connections">See what is</ButtonLink>}>
          An admin has to set it up first.
        </Notice>
      </>
    );
  }
  return (
    <>
      <PageHeader title={`Connect ${name}`} lead={summary} back={back} mark={<Tile {...tile} />} />
      <ConnectForm connector={id} connectorName={name} className="grid gap-5">
        <div className="grid gap-3">
          <div>
            <h2 className="text-md font-semibold tracking-tight">What may Valet have?</h2>
            <p className="max-w-2xl text-muted">
              This is the most that you can ever lend from this account. {scopes.length > 0 ? "Only reading is ticked. " : null}Nothing goes
              to an agent by connecting; you lend parts of it afterwards.
            </p>
          </div>
          {scopes.length > 0 ? (
            <ScopeChoice list={scopes} ticked={scopes.filter((scope) => scope.preset).map((scope) => scope.name)} />
          ) : (
            <Notice title={`${name} has no parts to choose from here`}>
              What Valet may have is set there. Whatever you lend of it is cut and checked by Valet's gateway.
            </Notice>
          )}
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <SubmitButton>Connect</SubmitButton>
          <p className="text-sm text-muted">You go to {name} to sign in and agree, and come back here.</p>
        </div>
      </ConnectForm>
      {takesPastedKey(localConnector(ctx, id)) ? (
        <p className="text-sm text-muted">
          Only have a key that several people share?{" "}
          <Link href={`/connections/new/key?connector=${id}`} className="prose-link">
            Record a shared key (not recommended)
          </Link>
        </p>
      ) : null}
    </>
  );
}
