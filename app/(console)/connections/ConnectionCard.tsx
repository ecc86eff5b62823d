import { Bot } from "lucide-react";
import Link from "next/link";
import { type Access, AccessTag } from "@/app/_ui/AccessTag";
import { Card } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { PatternTag } from "@/app/_ui/PatternTag";
import { When } from "@/app/_ui/When";
import { listInWords, permissionsInWords, plural } from "@/app/_ui/words";
import type { ConnectionSummary } from "@/lib/connections/list";
import type { ConnectorStatus } from "@/lib/setups/list";
import { Fix } from "./Fix";
import { causeOf, Standing } from "./Standing";

interface Props {
  readonly connection: ConnectionSummary;
  readonly connector: ConnectorStatus | undefined;
  readonly now: Date;
}

/** One account: whose, how it stands and why, what was given, who uses it. */
export function ConnectionCard({ connection, connector, now }: Props) {
  const { id, connector: connectorId, connectorName, accountName } = connection;
  const cause = causeOf(connection);
  return (
    <Card className="relative h-full hover:border-line-strong">
      <div className="flex items-start gap-3 p-4">
        <ConnectorTile connector={connectorId} />
        <div className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] gap-2.5">
          <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
            <div className="min-w-0">
              <h3 className="font-semibold">
                <Link
                  href={`/connections/${id}`}
                  aria-label={`${connectorName}, ${accountName}`}
                  className="after:absolute after:inset-0 after:rounded-xl"
                >
                  {connectorName}
                </Link>
              </h3>
              <p aria-hidden="true" className="break-words text-muted">
                {accountName}
              </p>
            </div>
            <Standing connection={connection} />
          </div>
          {connection.status === "disconnected" ? null : <Given connection={connection} now={now} />}
          {cause ? <p className="text-sm break-words text-muted">{cause}</p> : null}
          <div className="relative justify-self-start empty:hidden">
            <Fix connection={connection} connector={connector} />
          </div>
        </div>
      </div>
    </Card>
  );
}

function Given({ connection, now }: { readonly connection: ConnectionSummary; readonly now: Date }) {
  const { permissions, withheld, keyEndsAt, refreshedAt, connectedAt } = connection;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5">
        <AccessTag access={widest(permissions)} />
        {keyEndsAt ? <PatternTag pattern="shared_key" /> : null}
        <span className="text-sm">{permissions.length > 0 ? permissionsInWords(permissions) : "Nothing that can be lent"}</span>
        {withheld.length > 0 ? <span className="text-sm text-muted">({withheld.length} more closed by an admin)</span> : null}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm text-muted">
        <UsedBy agents={connection.agents} />
        <span>
          {refreshedAt ? "refreshed " : "connected "}
          <When at={refreshedAt ?? connectedAt} now={now} />
        </span>
      </div>
    </>
  );
}

const NAMES_SHOWN = 2;

function UsedBy({ agents }: { readonly agents: ConnectionSummary["agents"] }) {
  if (agents.length === 0) return <span>Lent to nobody</span>;
  const names = agents.slice(0, NAMES_SHOWN).map(({ name }) => name);
  const rest = agents.length - names.length;
  return (
    <span className="inline-flex min-w-0 items-start gap-1.5">
      <Bot className="mt-0.5 size-4 shrink-0 text-agent" aria-hidden="true" />
      <span className="min-w-0 break-words">
        Used by {plural(agents.length, "agent")}: {listInWords(rest > 0 ? [...names, `${rest} more`] : names)}
      </span>
    </span>
  );
}

export function widest(permissions: readonly { readonly access: Access }[]): Access {
  if (permissions.some((one) => one.access === "admin")) return "admin";
  return permissions.some((one) => one.access === "write") ? "write" : "read";
}
