import Link from "next/link";
import type { ReactNode } from "react";
import { Card } from "./Card";
import { Status } from "./Status";
import { When } from "./When";
import { Who, WhoMark } from "./Who";
import { plural } from "./words";

export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly purpose: string | null;
  readonly status: "active" | "paused";
  readonly ownerName?: string;
  readonly secondOwnerName?: string | null;
  /** Nobody in good standing owns it. */
  readonly orphaned?: boolean;
  readonly liveGrants: number;
  readonly lastUsedAt: Date | null;
}

interface Props {
  readonly agents: readonly AgentRow[];
  readonly now: Date;
  readonly withOwner?: boolean;
  readonly actions?: (agent: AgentRow) => ReactNode;
}

/** Agents, one per row. Whoever has no active owner says so loudly. */
export function AgentRows({ agents, now, withOwner, actions }: Props) {
  return (
    <Card>
      <ul className="divide-y">
        {agents.map((agent) => (
          <li
            key={agent.id}
            className="relative flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-row first:rounded-t-xl last:rounded-b-xl hover:bg-sunken"
          >
            <WhoMark kind="agent" large />
            <div className="min-w-0 flex-1 basis-56">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <Link href={`/agents/${agent.id}`} className="rounded font-semibold after:absolute after:inset-0">
                  {agent.name}
                </Link>
                <Status state={isOrphan(agent) ? "orphaned" : agent.status} />
              </p>
              {agent.purpose ? <p className="truncate text-sm text-muted">{agent.purpose}</p> : null}
            </div>
            {withOwner ? <Who kind="person" name={agent.ownerName ?? ""} /> : null}
            {withOwner && agent.secondOwnerName ? <Who kind="person" name={agent.secondOwnerName} wordless /> : null}
            <p className="text-sm text-muted sm:w-36">
              {agent.liveGrants === 0 ? "no live grant" : plural(agent.liveGrants, "live grant")}
              <br className="max-sm:hidden" />
              <span className="sm:hidden">, </span>used <When at={agent.lastUsedAt} now={now} />
            </p>
            {actions ? <div className="relative">{actions(agent)}</div> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function isOrphan(agent: Pick<AgentRow, "orphaned">): boolean {
  return agent.orphaned === true;
}
