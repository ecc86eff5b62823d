import { inWords } from "./moments";
import { TimeWords } from "./Time";

/** A moment as a person says it, with the exact one on hover. `now` comes from Core's clock. */
export function When({ at, now, never = "never" }: { readonly at: Date | string | null; readonly now: Date; readonly never?: string }) {
  if (!at) return <span className="text-faint">{never}</span>;
  const moment = new Date(at);
  return <TimeWords iso={moment.toISOString()} words={inWords(moment, now)} />;
}
