import type { ActivityView } from "@/lib/activity/list";
import { isPattern, PatternTag } from "./PatternTag";
import { Who } from "./Who";

/** Whose hand it was in, and on whose authority: a person's, its own, or a shared key's. */
export function Hands({ row }: { readonly row: Pick<ActivityView, "acting" | "person" | "agent" | "pattern"> }) {
  switch (row.acting) {
    case "agent":
      return (
        <>
          <Who kind="agent" name={row.agent?.name ?? "An agent"} />
          {row.person ? (
            <span className="inline-flex min-w-0 items-center gap-1.5">
              <span className="text-muted">for</span>
              <Who kind="person" name={row.person.name} wordless />
            </span>
          ) : null}
          {isPattern(row.pattern) ? <PatternTag pattern={row.pattern} /> : null}
        </>
      );
    case "person":
      return <Who kind="person" name={row.person?.name ?? "A person"} />;
    case "system":
      return <Who kind="system" name="Valet" wordless />;
  }
}
