import { HandHelping } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { DataList, Datum, Id } from "@/app/_ui/DataList";
import { Empty } from "@/app/_ui/Empty";
import { GrantRows } from "@/app/_ui/GrantRows";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { PatternTag } from "@/app/_ui/PatternTag";
import { Permissions } from "@/app/_ui/Permissions";
import { When } from "@/app/_ui/When";
import { listInWords, plural } from "@/app/_ui/words";
import { type ConnectionSummary, getConnection } from "@/lib/connections/list";
import { listGrants } from "@/lib/grants/list";
import { grantOfConsent } from "@/lib/grants/ofConsent";
import { localConnector } from "@/lib/setups/client";
import { listConnectors } from "@/lib/setups/list";
import { Standing } from "../Standing";
import { DisconnectButton } from "./DisconnectButton";
import { Health } from "./Health";
import { Reconnect } from "./Reconnect";
import { TestCall } from "./TestCall";

export const metadata: Metadata = { title: "Connection" };

interface Props {
  readonly params: Promise<{ id: string }>;
  readonly searchParams: Promise<{ connected?: string; reconnected?: string }>;
}

export default async function ConnectionPage({ params, searchParams }: Props) {
  const ctx = await requirePerson();
  const connectionId = (await params).id;
  const grantId = await readForPage(() => grantOfConsent(ctx, { connectionId }));
  if (grantId) redirect(`/grants/${grantId}`);
  const connection = await readForPage(() => getConnection(ctx, { connectionId }));
  const mine = connection.ownerId === ctx.actor.personId;
  const [grants, connectors] = await readForPage(() =>
    Promise.all([listGrants(ctx, { connectionId, everyone: !mine }), listConnectors(ctx)]),
  );
  const connector = connectors.find((one) => mine && one.id === connection.connector);
  const known = localConnector(ctx, connection.connector);
  const live = grants.filter((grant) => grant.state !== "revoked" && grant.state !== "ended");
  const usable = connection.status === "active";
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader
        title={connection.connectorName}
        lead={connection.accountName}
        mark={<ConnectorTile connector={connection.connector} />}
        back={mine ? { href: "/connections", label: "Connections" } : { href: "/admin/people", label: "People" }}
        actions={
          usable && mine ? (
            <ButtonLink look="primary" href={`/grants/new?connection=${connection.id}`}>
              <HandHelping aria-hidden="true" />
              Lend access
            </ButtonLink>
          ) : null
        }
      />
      <Health connection={connection} fresh={freshness(await searchParams)} connector={connector} />
      {connection.status === "disconnected" ? null : (
        <Section id="users" title="Who uses it" lead="Every grant on this account that has not ended, also those that give nothing now.">
          {live.length === 0 ? (
            <Empty icon={HandHelping} title="Lent to nobody">
              No agent can use this account.
            </Empty>
          ) : (
            <GrantRows grants={live} now={now} />
          )}
        </Section>
      )}
      {connection.status === "disconnected" ? null : <Given connection={connection} mine={mine} />}
      {mine && connection.status !== "disconnected" ? (
        <Section
          id="try"
          title="Try it"
          lead={`Asks ${connection.connectorName} whose account this is, with the access that is kept here. Nothing is changed there.`}
        >
          <TestCall connectionId={connection.id} connectorName={connection.connectorName} />
        </Section>
      ) : null}
      {connector && !connection.keyEndsAt && connection.status !== "disconnected" ? (
        <Reconnect connection={connection} connector={connector} known={known} grants={live} />
      ) : null}
      <Facts connection={connection} now={now} />
      {connection.status === "disconnected" || !(mine || ctx.actor.role === "admin") ? null : (
        <Section
          id="end"
          title="Disconnect"
          lead="Ends this connection and everything that was lent from it. The ledger keeps what happened."
        >
          <DisconnectButton
            connectionId={connection.id}
            connectorName={connection.connectorName}
            accountName={connection.accountName}
            stops={live.map((grant) => ({ id: grant.id, agentName: grant.agentName }))}
          />
        </Section>
      )}
    </>
  );
}

/** What was given there, and what of it can be used within the admin's ceiling. */
function Given({ connection, mine }: { readonly connection: ConnectionSummary; readonly mine: boolean }) {
  const { permissions, withheld } = connection;
  return (
    <Section
      id="given"
      title={mine ? "What you gave" : "What was given"}
      lead="The most that can be lent from here. Smaller parts that Valet itself keeps apart are listed too."
    >
      <Card className="p-4">
        {permissions.length > 0 ? <Permissions list={permissions} /> : <p className="text-muted">Nothing of it can be lent.</p>}
      </Card>
      {withheld.length > 0 ? (
        <Notice title={`${plural(withheld.length, "permission")} more that nobody can use`}>
          Given at {connection.connectorName}, and closed here by an admin: {listInWords(withheld.map(({ label }) => label))}.
        </Notice>
      ) : null}
    </Section>
  );
}

function freshness({ connected, reconnected }: { connected?: string; reconnected?: string }): "connected" | "reconnected" | null {
  if (connected) return "connected";
  return reconnected ? "reconnected" : null;
}

function Facts({ connection, now }: { readonly connection: ConnectionSummary; readonly now: Date }) {
  return (
    <Section id="facts" title="Details">
      <Card>
        <DataList>
          <Datum name="State">
            <Standing connection={connection} />
          </Datum>
          <Datum name="Account">
            {connection.accountName} {connection.keyEndsAt ? null : <Id>{connection.accountId}</Id>}
          </Datum>
          {connection.keyEndsAt ? (
            <Datum name="Ends">
              <When at={connection.keyEndsAt} now={now} /> <PatternTag pattern="shared_key" />
            </Datum>
          ) : null}
          <Datum name={connection.keyEndsAt ? "Recorded" : "Connected"}>
            <When at={connection.connectedAt} now={now} /> by {connection.ownerName}
          </Datum>
          {connection.keyEndsAt ? null : (
            <Datum name="Last refreshed">
              <When at={connection.refreshedAt} now={now} never="not yet" />
            </Datum>
          )}
          <Datum name="Id">
            <Id>{connection.id}</Id>
          </Datum>
        </DataList>
      </Card>
    </Section>
  );
}
