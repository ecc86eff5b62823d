import Link from "next/link";
import type { ReactNode } from "react";
import { AccessIcon } from "@/app/_ui/AccessTag";
import { Card } from "@/app/_ui/Card";
import { cx } from "@/app/_ui/cx";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { Who, WhoMark } from "@/app/_ui/Who";
import { plural } from "@/app/_ui/words";
import type { UsesOfDay } from "@/lib/activity/usesPerDay";
import type { CanDo, DirectoryEntry } from "@/lib/agents/directory";
import { findConnector } from "@/lib/connectors/registry";
import { Sparkline } from "./Bars";

interface Props {
  readonly agents: readonly DirectoryEntry[];
  readonly uses: ReadonlyMap<string, readonly UsesOfDay[]>;
  readonly now: Date;
  readonly actions?: (agent: DirectoryEntry) => ReactNode;
}

const COLUMNS = "lg:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)_14rem]";
const COLUMNS_AND_ACTIONS = "lg:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)_13rem_10rem]";

/** Agents, one per row: whose, in which state, what each can do now, and how much it did. */
export function Rows({ agents, uses, now, actions }: Props) {
  return (
    <Card>
      <ul className="divide-y">
        {agents.map((agent) => (
          <li
            key={agent.id}
            className={cx(
              "relative grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-2 px-4 py-row first:rounded-t-xl last:rounded-b-xl hover:bg-sunken lg:items-center",
              actions ? COLUMNS_AND_ACTIONS : COLUMNS,
            )}
          >
            <Name agent={agent} />
            <Can agent={agent} />
            <p className="flex items-center justify-between gap-3 text-sm text-muted">
              <span>{agent.part === "lent" && !agent.lastUsedAt ? null : <Used at={agent.lastUsedAt} now={now} />}</span>
              <Sparkline days={uses.get(agent.id) ?? []} />
            </p>
            {actions ? <div className="relative justify-self-start lg:justify-self-end">{actions(agent)}</div> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Used({ at, now }: { readonly at: Date | null; readonly now: Date }) {
  return (
    <>
      used <When at={at} now={now} />
    </>
  );
}

const MINE = { mine: null, second: "you are its second owner", sponsored: "you sponsor it", lent: "you lent to it" } as const;

function Name({ agent }: { readonly agent: DirectoryEntry }) {
  const part = agent.part && MINE[agent.part];
  return (
    <div className="flex min-w-0 items-start gap-3">
      <WhoMark kind="agent" large />
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={`/agents/${agent.id}`} className="min-w-0 rounded font-semibold break-words after:absolute after:inset-0">
            {agent.name}
          </Link>
          <Status state={agent.standing} />
        </p>
        <p className="truncate text-sm text-muted">{agent.purpose}</p>
        <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
          <Who kind="person" name={agent.ownerName} wordless />
          {agent.secondOwnerName ? <Who kind="person" name={agent.secondOwnerName} wordless /> : null}
          {part ? <span>{part}</span> : null}
        </p>
      </div>
    </div>
  );
}

const SHOWN = 4;

function Can({ agent: { standing, canDo, othersGrants } }: { readonly agent: DirectoryEntry }) {
  if (standing !== "active") return <p className="text-sm text-muted">Stopped: it can do nothing.</p>;
  if (canDo.length === 0 && othersGrants === 0) return <p className="text-sm text-muted">Can do nothing yet.</p>;
  return (
    <div className="grid min-w-0 justify-items-start gap-1">
      {canDo.length > 0 ? (
        <ul aria-label="Can do now" className="flex max-w-full flex-wrap gap-1.5">
          {canDo.slice(0, SHOWN).map((one) => (
            <li key={one.connector} className="max-w-full">
              <Chip can={one} />
            </li>
          ))}
          {canDo.length > SHOWN ? <li className="text-sm text-muted">and {canDo.length - SHOWN} more</li> : null}
        </ul>
      ) : null}
      {othersGrants > 0 ? <p className="text-sm text-muted">{plural(othersGrants, "grant")} of other people</p> : null}
    </div>
  );
}

const LEVELS = { read: "reads", write: "can write", admin: "can administer" } as const;

function Chip({ can: { connector, access } }: { readonly can: CanDo }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1 rounded-full border px-2 py-0.5 text-xs font-medium">
      <AccessIcon access={access} />
      <span className="truncate">{findConnector(connector)?.name ?? connector}</span>{" "}
      <span className="whitespace-nowrap text-muted">{LEVELS[access]}</span>
    </span>
  );
}
