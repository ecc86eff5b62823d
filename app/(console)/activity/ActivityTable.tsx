import Link from "next/link";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { cx } from "@/app/_ui/cx";
import { Hands } from "@/app/_ui/Hands";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import type { ActivityView } from "@/lib/activity/list";
import { findConnector } from "@/lib/connectors/registry";
import { Changes } from "./Changes";
import { rowElementId } from "./filter";

interface Props {
  readonly rows: readonly ActivityView[];
  readonly now: Date;
  readonly openId: string | undefined;
  readonly rowPath: (id: string) => string;
  /** The details stand beside it, so there is less room. */
  readonly narrow: boolean;
}

/** A table; on a phone the same rows as cards. */
export function ActivityTable({ rows, now, openId, rowPath, narrow }: Props) {
  return (
    <table className="w-full border-separate border-spacing-0 overflow-hidden rounded-xl border bg-surface shadow-low max-md:block">
      <caption className="sr-only">Activity, newest first</caption>
      <thead className="bg-sunken text-left text-xs text-muted max-md:sr-only">
        <tr>
          {["Who", "What", "Where", "Decision", "When"].map((name) => (
            <th
              key={name}
              scope="col"
              className={cx("border-b px-3 py-2 font-medium first:pl-4 last:pr-4", narrow && name === "Where" && "xl:hidden")}
            >
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-md:block">
        {rows.map((row) => (
          <tr
            key={row.id}
            className={cx(
              "group relative align-top hover:bg-sunken max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1.5 max-md:border-b max-md:p-3.5 max-md:last:border-b-0",
              row.id === openId && "bg-sunken",
            )}
          >
            {/* A long name is cut rather than let it take the room of what was done. */}
            <Cell className="max-md:order-1 md:max-w-80">
              <span className="flex flex-wrap items-center gap-x-1.5 gap-y-1">
                <Hands row={row} />
              </span>
            </Cell>
            <Cell className="max-md:order-3 max-md:col-span-2 md:w-[34%]">
              <Link
                id={rowElementId(row.id)}
                href={rowPath(row.id)}
                scroll={false}
                aria-current={row.id === openId ? "true" : undefined}
                className="rounded font-medium after:absolute after:inset-0"
              >
                {row.words}
              </Link>
              <span className="block text-sm [overflow-wrap:anywhere] text-muted">{row.target}</span>
              <Changes row={row} />
            </Cell>
            <Cell className={cx("max-md:order-5 max-md:self-start", narrow && "xl:hidden")}>
              <Where connector={row.connector} />
            </Cell>
            <Cell className="max-md:order-4 md:w-[22%]">
              <Status state={row.decision} />
              {row.decision === "refused" ? (
                <span className={cx("mt-0.5 block text-sm text-muted", narrow && "xl:hidden")}>{row.reasonText ?? row.reason}</span>
              ) : null}
            </Cell>
            <Cell className="text-sm text-muted max-md:order-2">
              <When at={row.at} now={now} />
            </Cell>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ className, children }: { readonly className?: string; readonly children: React.ReactNode }) {
  return (
    <td className={cx("min-w-0 px-3 py-2.5 group-not-last:border-b first:pl-4 last:pr-4 max-md:border-0! max-md:p-0!", className)}>
      {children}
    </td>
  );
}

function Where({ connector }: { readonly connector: string | null }) {
  if (!connector) return <span className="text-sm text-muted">Valet</span>;
  return (
    <span className="inline-flex items-center gap-1.5 text-sm whitespace-nowrap">
      <ConnectorTile connector={connector} small />
      {findConnector(connector)?.name ?? connector}
    </span>
  );
}
