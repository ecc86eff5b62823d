import type { ActivityView } from "@/lib/activity/list";
import { Card } from "./Card";
import { Hands } from "./Hands";
import { Status } from "./Status";
import { When } from "./When";

interface Props {
  readonly rows: readonly ActivityView[];
  readonly now: Date;
  readonly empty: string;
}

/** A few rows of activity, for pages about something else. */
export function ActivityRows({ rows, now, empty }: Props) {
  if (rows.length === 0)
    return <p className="rounded-xl border border-dashed border-line-strong px-4 py-6 text-center text-muted">{empty}</p>;
  return (
    <Card>
      <ul className="divide-y">
        {rows.map((row) => (
          <li key={row.id} className="grid gap-x-4 gap-y-1 px-4 py-datum sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center">
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-x-1.5 gap-y-1">
                <Hands row={row} />
                <span>{row.words}</span>
              </p>
              <p className="text-sm break-words text-muted">
                {row.target}
                {row.decision === "refused" && row.reasonText ? <>. {row.reasonText}</> : null}
              </p>
            </div>
            <p className="flex items-center gap-2 text-sm text-muted">
              {row.decision === "refused" ? <Status state="refused" /> : null}
              <When at={row.at} now={now} />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
