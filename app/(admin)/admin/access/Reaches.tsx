import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { AccessTag } from "@/app/_ui/AccessTag";
import { buttonClass } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { PatternTag } from "@/app/_ui/PatternTag";
import { When } from "@/app/_ui/When";
import { Who } from "@/app/_ui/Who";
import { listInWords, permissionsInWords } from "@/app/_ui/words";
import type { OwnReach, Reach } from "@/lib/overview/access";

const HELD_BY = { provider: "the service itself", consent: "the service, by a smaller consent", gateway: "Valet's gateway" } as const;
const LABELS_SHOWN = 4;

/** Which agent reaches whose account, by which grant. */
export function Reaches({ rows, now }: { readonly rows: readonly Reach[]; readonly now: Date }) {
  return (
    <Card>
      <ul className="divide-y">
        {rows.map((row) => (
          <li key={row.grantId} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-row">
            <div className="grid min-w-0 flex-1 basis-64 gap-1">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <Link href={`/admin/access?agent=${row.agentId}`} className="min-w-0 max-w-full rounded hover:underline">
                  <Who kind="agent" name={row.agentName} wordless />
                </Link>
                <ArrowRight className="size-4 text-faint" aria-label="reaches" />
                <Link
                  href={`/admin/access?connection=${row.connectionId}`}
                  className="inline-flex min-w-0 items-center gap-1.5 rounded break-words hover:underline"
                >
                  <ConnectorTile connector={row.connector} small />
                  {row.connectorName}, {row.accountName}
                </Link>
              </p>
              <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-muted">
                of
                <Link href={`/admin/access?person=${row.personId}`} className="min-w-0 max-w-full rounded hover:underline">
                  <Who kind="person" name={row.personName} wordless />
                </Link>
              </p>
              <p className="text-sm break-words text-muted">
                {permissionsInWords(
                  row.permissions.map((label) => ({ label })),
                  LABELS_SHOWN,
                )}
                . Held to it by {HELD_BY[row.narrowedBy]}.
                {row.handsOnTo.length > 0 ? ` May hand it on to ${listInWords(row.handsOnTo)}.` : null}
              </p>
            </div>
            <div className="grid justify-items-start gap-1 text-sm text-muted sm:w-52">
              <span className="flex flex-wrap gap-1">
                <AccessTag access={row.access} />
                {row.pattern === "delegated" ? null : <PatternTag pattern={row.pattern} />}
              </span>
              <span>
                ends <When at={row.expiresAt} now={now} />
              </span>
              <span>
                used <When at={row.lastUsedAt} now={now} />
              </span>
            </div>
            <Link href={`/grants/${row.grantId}`} className={buttonClass("quiet")}>
              Grant
              <span className="sr-only">
                {" "}
                of {row.agentName} at {row.connectorName}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function OwnReaches({ rows, now }: { readonly rows: readonly OwnReach[]; readonly now: Date }) {
  return (
    <Card>
      <ul className="divide-y">
        {rows.map((row) => (
          <li key={`${row.agentId} ${row.resource}`} className="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 py-row">
            <div className="grid min-w-0 flex-1 basis-64 gap-1">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <Link href={`/agents/${row.agentId}`} className="min-w-0 max-w-full rounded hover:underline">
                  <Who kind="agent" name={row.agentName} wordless />
                </Link>
                <ArrowRight className="size-4 text-faint" aria-label="reaches" />
                <span className="break-words">{row.resourceName}</span>
              </p>
              <p className="font-mono text-xs break-all text-muted">{row.scopes.join(" ")}</p>
            </div>
            <p className="text-sm text-muted sm:w-52">
              {row.expiresAt ? "ends " : null}
              <When at={row.expiresAt} now={now} never="has no end" />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
