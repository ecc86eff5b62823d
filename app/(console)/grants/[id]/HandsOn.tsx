import { Card, Section } from "@/app/_ui/Card";
import { When } from "@/app/_ui/When";
import type { AgentSummary } from "@/lib/agents/list";
import type { HandedOnView, LinkView } from "@/lib/chains/list";
import { AgreeLink, RevokeDelegation, RevokeLink } from "./LinkForms";

interface Props {
  readonly grantId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly links: readonly LinkView[];
  readonly handedOn: readonly HandedOnView[];
  /** Whom work could be handed to; null for who may not agree. */
  readonly agents: readonly AgentSummary[] | null;
  readonly now: Date;
}

/** Who may hand work under this grant to whom, and what was handed on right now. Silent where there is neither, nor anybody to agree. */
export function HandsOn({ grantId, agentId, agentName, links, handedOn, agents, now }: Props) {
  if (links.length === 0 && agents === null) return null;
  const hands = [{ id: agentId, name: agentName }, ...links.map((link) => ({ id: link.toAgentId, name: link.toAgentName }))];
  const from = [...new Map(hands.map((one) => [one.id, one])).values()];
  return (
    <Section
      id="hands-on"
      title="May hand work on to"
      lead="Another agent then gets the same or less, for the same account, and every row tells all of their hands."
    >
      <Card>
        <Links links={links} now={now} />
        {agents ? (
          <div className="border-t p-4">
            <AgreeLink grantId={grantId} from={from} to={agents.map(({ id, name, ownerName }) => ({ id, name, ownerName }))} />
          </div>
        ) : null}
      </Card>
      <HandedOn list={handedOn} mayRevoke={agents !== null} now={now} />
    </Section>
  );
}

function Links({ links, now }: Pick<Props, "links" | "now">) {
  if (links.length === 0) return <p className="px-4 py-3 text-muted">Nobody yet: the agent keeps the work to itself.</p>;
  return (
    <ul className="divide-y" aria-label="Links between agents">
      {links.map((link) => (
        <li key={link.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
          <span className="min-w-0 flex-1 basis-52 break-words">
            {link.fromAgentName} to <span className="font-medium">{link.toAgentName}</span>
          </span>
          <span className="text-sm text-muted">
            agreed <When at={link.createdAt} now={now} />
          </span>
          {link.mayRevoke ? <RevokeLink linkId={link.id} fromName={link.fromAgentName} toName={link.toAgentName} /> : null}
        </li>
      ))}
    </ul>
  );
}

function HandedOn({ list, mayRevoke, now }: { readonly list: readonly HandedOnView[]; readonly mayRevoke: boolean; readonly now: Date }) {
  if (list.length === 0) return null;
  return (
    <div className="grid gap-2">
      <h3 className="text-sm font-medium">Handed on right now</h3>
      <Card>
        <ul className="divide-y" aria-label="Handed on right now">
          {list.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
              <span className="grid min-w-0 flex-1 basis-60 break-words">
                <span className="font-medium">{one.path.join(" to ")}</span>
                <span className="text-sm text-muted">{[one.scopes.join(", "), ...one.boundWords].join(". ")}</span>
              </span>
              <span className="text-sm text-muted">
                ends <When at={one.expiresAt} now={now} />
              </span>
              {mayRevoke ? <RevokeDelegation delegationId={one.id} fromName={one.fromAgentName} toName={one.toAgentName} /> : null}
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
