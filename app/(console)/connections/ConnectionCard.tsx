import Link from "next/link";
import { type Access, AccessTag } from "@/app/_ui/AccessTag";
import { Card } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { PatternTag } from "@/app/_ui/PatternTag";
import { type State, Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { plural } from "@/app/_ui/words";
import type { ConnectionSummary } from "@/lib/connections/list";

export const HEALTH: Record<ConnectionSummary["status"], State> = {
  active: "healthy",
  needs_reconnect: "needs_reconnect",
  disconnected: "disconnected",
};

export function ConnectionCard({ connection, now }: { readonly connection: ConnectionSummary; readonly now: Date }) {
  const { id, connector, connectorName, accountName, status, statusNote, keyEndsAt, permissions, connectedAt, refreshedAt, liveGrants } =
    connection;
  return (
    <Card className="relative h-full hover:border-line-strong">
      <div className="flex items-start gap-3 p-4">
        <ConnectorTile connector={connector} />
        <div className="grid min-w-0 flex-1 gap-2">
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
            <Status state={HEALTH[status]} />
          </div>
          {statusNote ? <p className="text-sm text-muted">{statusNote}</p> : null}
          {status === "disconnected" ? null : (
            <div className="grid justify-items-start gap-1.5 text-sm text-muted">
              <span className="flex flex-wrap gap-1.5">
                <AccessTag access={widest(permissions)} />
                {keyEndsAt ? <PatternTag pattern="shared_key" /> : null}
              </span>
              {keyEndsAt ? (
                <p className="text-warn">
                  Ends <When at={keyEndsAt} now={now} />. Whoever has a copy can use it without Valet.
                </p>
              ) : null}
              <p>
                {plural(permissions.length, "permission")}, {liveGrants === 0 ? "lent to nobody" : plural(liveGrants, "live grant")},{" "}
                {refreshedAt ? "refreshed " : "connected "}
                <When at={refreshedAt ?? connectedAt} now={now} />
              </p>
            </div>
          )}
        </div>
      </div>
    </Card>
  );
}

export function widest(permissions: readonly { readonly access: Access }[]): Access {
  if (permissions.some((one) => one.access === "admin")) return "admin";
  return permissions.some((one) => one.access === "write") ? "write" : "read";
}
