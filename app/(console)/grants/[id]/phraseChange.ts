import type { ActivityView } from "@/lib/activity/list";

type Row = Pick<ActivityView, "event" | "decision" | "reasonText" | "detail">;

/** What a change of a grant came to, in a sentence, from its row; null where its name says it all. Pure. */
export function phraseChange({ event, decision, reasonText, detail }: Row): string | null {
  if (decision === "refused") return reasonText;
  const { from, to } = record(detail);
  switch (event) {
    case "grant.extend":
      return typeof from === "string" && typeof to === "string" ? `It ended ${moment(from)}, and ends ${moment(to)} now.` : null;
    case "grant.narrow":
      return Array.isArray(from) && Array.isArray(to) ? lost(from, to) : null;
    default:
      return reasonText;
  }
}

function lost(from: readonly unknown[], to: readonly unknown[]): string | null {
  const gone = from.filter((name) => !to.includes(name));
  return gone.length > 0 ? `It lost ${gone.join(", ")}.` : null;
}

/** Exact and in one zone: what was agreed is not "soon". */
export function moment(iso: string | Date): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function record(detail: unknown): Readonly<Record<string, unknown>> {
  return typeof detail === "object" && detail !== null && !Array.isArray(detail) ? (detail as Record<string, unknown>) : {};
}
