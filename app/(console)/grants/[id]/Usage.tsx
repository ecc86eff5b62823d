import { Card, Section } from "@/app/_ui/Card";
import { When } from "@/app/_ui/When";
import { plural } from "@/app/_ui/words";
import type { GrantUsage, ScopeUse } from "@/lib/grants/usage";
import { Narrow } from "./Narrow";

interface Props {
  readonly usage: GrantUsage;
  readonly connectorName: string;
  readonly agentName: string;
  readonly now: Date;
  /** Set where the viewer may narrow it. */
  readonly grantId: string | null;
}

const PATHS_SHOWN = 3;

/** What the grant was really used for, what it never was, and the offer to keep no more than that. */
export function Usage({ usage, connectorName, agentName, now, grantId }: Props) {
  const { used, unused, shrink } = usage;
  return (
    <Section
      id="used"
      title="What it used"
      lead={
        usage.seen
          ? `From its calls through Valet, in the ${usage.lentDays === 1 ? "day" : `${usage.lentDays} days`} since it was lent.`
          : null
      }
      actions={shrink && grantId ? <Narrow {...{ grantId, agentName, shrink }} /> : null}
    >
      <Card className="grid gap-3 p-4">
        {used.length > 0 ? (
          <ul aria-label="Used" className="grid gap-2">
            {used.map((one) => (
              <Used key={one.scope} use={one} now={now} />
            ))}
          </ul>
        ) : null}
        {usage.seen && unused.length > 0 ? <p className="text-muted">Never used: {unused.map(({ label }) => label).join(" · ")}.</p> : null}
        <p className="text-sm text-muted">{shrink ? OFFER : WHY_NOT[usage.whyNoShrink ?? "over"](connectorName)}</p>
      </Card>
    </Section>
  );
}

const OFFER = "Some of it was not used in 14 days. You can narrow it to what was used.";

const WHY_NOT: Record<NonNullable<GrantUsage["whyNoShrink"]>, (connectorName: string) => string> = {
  unseen: (name) => `The agent calls ${name} itself, so Valet does not see what it uses and cannot say what it does not need.`,
  too_young: () => "After 14 days Valet offers to take away what was not used.",
  never_used: () => "Nothing of it was used in 14 days. Revoke it if nobody needs it.",
  all_used: () => "All of it was used in the last 14 days.",
  not_enforceable: (name) => `What was used cannot be held apart from the rest at ${name}.`,
  over: () => "It has ended, so there is nothing to take away.",
};

function Used({ use, now }: { readonly use: ScopeUse; readonly now: Date }) {
  const more = use.paths.length - PATHS_SHOWN;
  return (
    <li>
      <span className="font-medium">{use.label}</span>{" "}
      <span className="text-muted">
        {plural(use.calls, "call")}, last <When at={use.lastUsedAt} now={now} />
      </span>
      <span className="block font-mono text-xs break-all text-faint">
        {use.paths.slice(0, PATHS_SHOWN).join("  ")}
        {more > 0 ? `  and ${more} more` : ""}
      </span>
      {use.resources.length > 0 ? <span className="block text-sm text-muted">{use.resources.join(" · ")}</span> : null}
    </li>
  );
}
