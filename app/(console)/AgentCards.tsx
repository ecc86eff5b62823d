import Link from "next/link";
import { AccessTag } from "@/app/_ui/AccessTag";
import { Card } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { When } from "@/app/_ui/When";
import { WhoMark } from "@/app/_ui/Who";
import { permissionsInWords, plural } from "@/app/_ui/words";
import type { AgentSummary } from "@/lib/agents/list";
import type { GrantView } from "@/lib/grants/list";
import { PauseButton } from "./agents/PauseButton";
import { RevokeButton } from "./grants/RevokeButton";

interface Props {
  /** Those of the agents that have a card. */
  readonly grants: readonly GrantView[];
  /** How many agents there are, cards or not. */
  readonly agents: number;
  readonly mine: readonly AgentSummary[];
  readonly now: Date;
}

/** One card per agent: all that it can do as this person, until when, and the ways to stop it. */
export function AgentCards({ grants, agents, mine, now }: Props) {
  const agentIds = [...new Set(grants.map((grant) => grant.agentId))];
  const more = agents - agentIds.length;
  return (
    <>
      <ul className="grid items-start gap-3 xl:grid-cols-2">
        {agentIds.map((agentId) => (
          <li key={agentId}>
            <AgentCard
              lent={grants.filter((grant) => grant.agentId === agentId)}
              own={mine.find((agent) => agent.id === agentId)}
              now={now}
            />
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <p>
          <Link href="/grants" className="prose-link">
            {plural(more, "more agent")} can act as you: see all grants
          </Link>
        </p>
      ) : null}
    </>
  );
}

function AgentCard({
  lent,
  own,
  now,
}: {
  readonly lent: readonly GrantView[];
  readonly own: AgentSummary | undefined;
  readonly now: Date;
}) {
  const { agentId, agentName } = lent[0] as GrantView;
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-3 border-b px-4 py-3">
        <WhoMark kind="agent" large />
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold break-words">
            <Link href={`/agents/${agentId}`} className="rounded hover:underline">
              {agentName}
            </Link>
          </h3>
          <p className="text-sm break-words text-muted">{own?.purpose ?? "Somebody else's agent"}</p>
        </div>
        {own ? <PauseButton agent={own} named /> : null}
      </div>
      <ul className="divide-y">
        {lent.map((grant) => (
          <li key={grant.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-row">
            <ConnectorTile connector={grant.connector} />
            <div className="min-w-0 flex-1 basis-52">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <Link href={`/grants/${grant.id}`} className="rounded font-medium hover:underline">
                  {grant.connectorName} <span className="font-normal text-muted">{grant.accountName}</span>
                </Link>
                <AccessTag access={grant.access} />
              </p>
              <p className="text-sm text-muted">
                {permissionsInWords(grant.permissions)}. Ends <When at={grant.expiresAt} now={now} />, used{" "}
                <When at={grant.lastUsedAt} now={now} />.
              </p>
            </div>
            <RevokeButton
              grantId={grant.id}
              agentName={grant.agentName}
              connectorName={grant.connectorName}
              accountName={grant.accountName}
              delivery={grant.delivery}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
