import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { listConnectors } from "@/lib/setups/list";
import { AppProblem } from "./AppProblem";
import { SetUpCard } from "./SetUpCard";

export const metadata: Metadata = { title: "Connectors" };

export default async function ConnectorsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const ctx = await requirePerson();
  if (ctx.actor.role === "member") notFound();
  const { open, problem } = await searchParams;
  const connectors = (await readForPage(() => listConnectors(ctx))).sort((a, b) => Number(b.enabled) - Number(a.enabled));
  const none = connectors.every((connector) => !connector.enabled);
  const admin = ctx.actor.role === "admin";
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader title="Connectors" lead="The services people here can connect. Each needs an OAuth app of yours at the service." />
      <AppProblem reason={problem} />
      {admin ? null : <Notice>Only an admin can change these.</Notice>}
      <ul className="grid items-start gap-3 xl:grid-cols-2">
        {connectors.map((connector) => (
          <li key={connector.id} id={connector.id} className="scroll-mt-4">
            <SetUpCard connector={connector} admin={admin} now={now} open={none || connector.clientId !== null || open === connector.id} />
          </li>
        ))}
      </ul>
    </>
  );
}
