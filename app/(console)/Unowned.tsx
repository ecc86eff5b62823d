import { ButtonLink } from "@/app/_ui/Button";
import { Notice } from "@/app/_ui/Notice";
import type { AgentSummary } from "@/lib/agents/list";

interface Props {
  /** Those that this person answers for. */
  readonly agents: readonly AgentSummary[];
  /** For admins: how many there are in the house. */
  readonly orphans: number;
}

/** Agents whose owners are gone, told to whoever can do something about it. Silent when there are none. */
export function Unowned({ agents, orphans: everywhere }: Props) {
  const orphans = agents.filter((agent) => agent.orphaned);
  const alone = agents.filter((agent) => !agent.orphaned && agent.ownerStatus !== "active");
  const others = Math.max(0, everywhere - orphans.length);
  if (orphans.length + alone.length + others === 0) return null;
  return (
    <div className="grid gap-3">
      {others > 0 ? (
        <Notice
          tone="danger"
          title={others === 1 ? "One agent has no active owner" : `${others} agents have no active owner`}
          action={<ButtonLink href="/admin/agents">Give an owner</ButtonLink>}
        >
          Stopped until somebody answers for {others === 1 ? "it" : "them"}.
        </Notice>
      ) : null}
      {orphans.map((agent) => (
        <Notice
          key={agent.id}
          tone="danger"
          title={`${agent.name} has no active owner`}
          action={<ButtonLink href={`/agents/${agent.id}`}>Open</ButtonLink>}
        >
          You sponsor it. It is stopped until an admin gives it an owner.
        </Notice>
      ))}
      {alone.map((agent) => (
        <Notice
          key={agent.id}
          tone="warn"
          title={`${agent.name} goes on with its second owner alone`}
          action={<ButtonLink href={`/agents/${agent.id}?tab=settings#answering`}>Open</ButtonLink>}
        >
          {agent.ownerName} is {agent.ownerStatus}. When {agent.secondOwnerName} leaves too, it is stopped.
        </Notice>
      ))}
    </div>
  );
}
