import { ArrowRight } from "lucide-react";
import { changedIn } from "@/lib/activity/changed";
import type { ActivityView } from "@/lib/activity/list";

/** What a change changed: before and after, as its row keeps them. */
export function Changes({ row }: { readonly row: Pick<ActivityView, "event" | "detail"> }) {
  const all = changedIn(row);
  if (all.length === 0) return null;
  return (
    <ul className="mt-0.5 grid gap-0.5 text-sm [overflow-wrap:anywhere]">
      {all.map(({ what, before, after }) => (
        <li key={what}>
          <span className="text-muted">{what}:</span> <Side words={before} />{" "}
          <ArrowRight className="inline size-3.5 align-[-0.15em] text-faint" aria-label="to" role="img" />{" "}
          <span className="font-medium">
            <Side words={after} />
          </span>
        </li>
      ))}
    </ul>
  );
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function Side({ words }: { readonly words: string | null }) {
  if (words === null) return <span className="text-muted">none</span>;
  return MOMENT.test(words) ? `${words.slice(0, 16).replace("T", " ")} UTC` : words;
}
