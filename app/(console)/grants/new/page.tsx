import { Bot, Plug } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Empty } from "@/app/_ui/Empty";
import { PageHeader } from "@/app/_ui/PageHeader";
import { listAgents } from "@/lib/agents/list";
import { owns } from "@/lib/agents/rules";
import { listConnections } from "@/lib/connections/list";
import type { Connector } from "@/lib/connectors/connector";
import { findConnector } from "@/lib/connectors/registry";
import type { GrantSummary } from "@/lib/grants/preview";
import { boundableScopes } from "@/lib/policy/bounds";
import { templatesOf } from "@/lib/policy/templates";
import { ChooseForm } from "./ChooseForm";
import { type Draft, presetScopes, readDraft, type Search } from "./draft";
import { boundsOf } from "./draftBounds";
import { Review } from "./Review";
import { whatWasDropped } from "./readLink";
import { reviewDraft } from "./reviewDraft";

export const metadata: Metadata = { title: "New grant" };

/** Two steps in one address: choosing, then a summary made by the server. A link may prefill both; only the button lends. */
export default async function NewGrantPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const [connections, agents] = await readForPage(() => Promise.all([listConnections(ctx), listAgents(ctx, { scope: "lendable" })]));
  const usable = connections.filter((one) => one.status === "active");
  const missing = whatIsMissing(usable.length, agents.length);
  if (missing) return missing;
  const search = await searchParams;
  const asked = readDraft(search);
  const connection = chooseConnection(usable, asked.connection, search.connector);
  const elsewhere = asked.connection !== "" && connection?.id !== asked.connection;
  const mine = agents.filter((agent) => owns(ctx.actor.personId, agent));
  const agent = agents.find((one) => one.id === asked.agent) ?? mine[0] ?? agents[0];
  if (!connection || !agent) return null;
  const known = findConnector(connection.connector);
  const templates = known ? templatesOf(known, connection.scopes) : [];
  const template = templates.find((one) => one.id === search.template);
  const dropped = whatWasDropped(search, {
    scopes: connection.permissions.map(({ name }) => name),
    connectorName: connection.connectorName,
    templates: templates.map(({ id }) => id),
    agentIds: agents.map(({ id }) => id),
    connectionFound: !elsewhere,
  });
  if (search.connector && search.connector !== connection.connector)
    dropped.push("It asks for a service where you have no account connected. Connect one first, or choose another.");
  const wished = (elsewhere ? null : asked.scopes)?.filter((name) => connection.scopes.includes(name));
  const draft: Draft = {
    ...asked,
    connection: connection.id,
    agent: agent.id,
    scopes: wished ?? template?.scopes ?? presetScopes(connection.permissions),
  };
  const reviewed = asked.review && !elsewhere && dropped.length === 0 ? await reviewDraft(ctx, draft) : null;
  if (reviewed?.summary)
    return <ReviewStep draft={draft} summary={reviewed.summary} now={ctx.clock.now()} admin={ctx.actor.role === "admin"} />;
  return (
    <>
      <PageHeader
        title="New grant"
        lead="Lend an agent a part of one of your accounts, for a time. You see a summary before anything is given."
        back={{ href: "/grants", label: "Grants" }}
      />
      <ChooseForm
        draft={draft}
        connections={usable}
        connection={connection}
        agents={agents}
        me={ctx.actor.personId}
        templates={templates}
        dropped={dropped}
        problem={elsewhere ? NOT_YOURS : (reviewed?.problem ?? null)}
        separately={reviewed?.separately === true}
        boundable={boundableIn(known, draft, reviewed?.reason)}
      />
    </>
  );
}

/** The one that is named; else the first of the service that is named; else the first. */
function chooseConnection<T extends { readonly id: string; readonly connector: string }>(
  usable: readonly T[],
  id: string,
  connector: Search["connector"],
): T | undefined {
  return usable.find((one) => one.id === id) ?? usable.find((one) => one.connector === connector) ?? usable[0];
}

/** What could be kept to the single things that were named, once the rest is left out. */
function boundableIn(connector: Connector | undefined, { scopes, bounds }: Draft, reason: string | undefined): string[] {
  const kinds = Object.keys(boundsOf(bounds)?.resources ?? {});
  return connector && reason === "scope_not_enforceable" && kinds.length > 0 ? boundableScopes(connector, scopes, kinds) : [];
}

const NOT_YOURS = "The account that this link names is not one of yours, or has to be connected again. Choose another, or ask its person.";

interface ReviewProps {
  readonly draft: Draft;
  readonly summary: GrantSummary;
  readonly now: Date;
  readonly admin: boolean;
}

function ReviewStep(props: ReviewProps) {
  return (
    <>
      <PageHeader title="Check and lend" lead="Nothing is given yet." />
      <Review {...props} />
    </>
  );
}

function whatIsMissing(connections: number, agents: number) {
  if (connections > 0 && agents > 0) return null;
  const header = <PageHeader title="New grant" back={{ href: "/grants", label: "Grants" }} />;
  if (connections === 0) {
    return (
      <>
        {header}
        <Empty
          icon={Plug}
          title="Connect an account first"
          action={
            <ButtonLink look="primary" href="/connections">
              Go to Connections
            </ButtonLink>
          }
        >
          There is no connected account to lend a part of.
        </Empty>
      </>
    );
  }
  return (
    <>
      {header}
      <Empty
        icon={Bot}
        title="Register an agent first"
        action={
          <ButtonLink look="primary" href="/agents/new">
            Register an agent
          </ButtonLink>
        }
      >
        There is no agent to lend to.
      </Empty>
    </>
  );
}
