import { CircleCheck, CircleDashed, TriangleAlert } from "lucide-react";
import { Card, Section } from "@/app/_ui/Card";
import { cx } from "@/app/_ui/cx";
import { When } from "@/app/_ui/When";
import type { Proof, Evidence as Shown } from "@/lib/grants/evidence";
import { TestNow } from "./TestNow";

interface Props {
  readonly proof: Proof | null;
  readonly connectorName: string;
  readonly now: Date;
  /** Set where the viewer may test it. */
  readonly grantId: string | null;
}

const OUTCOMES: Record<Proof["outcome"], (connectorName: string) => string> = {
  proven: (name) => `Proven: ${name} answered what was lent, and everything else was refused.`,
  open: () => "Something was open that should be shut, so this grant gives nothing.",
  not_proven: (name) => `Not proven yet: ${name} did not answer everything clearly. Nothing was found open.`,
};

/** What the last self-test showed, probe by probe, and who refused. */
export function Evidence({ proof, connectorName, now, grantId }: Props) {
  return (
    <Section
      id="proof"
      title="Self-test"
      lead="Valet attacks this grant without harm: reads, and writes aimed at what cannot exist."
      actions={grantId ? <TestNow grantId={grantId} /> : null}
    >
      <Card>
        <div className="grid gap-1 p-4">
          <p className="font-medium">{proof ? OUTCOMES[proof.outcome](connectorName) : "Not tested yet."}</p>
          {proof?.note ? <p className="text-muted">{proof.note}</p> : null}
          <p className="text-sm text-muted">
            Last proven <When at={proof?.provenAt ?? null} now={now} />, last tested <When at={proof?.testedAt ?? null} now={now} />.
          </p>
        </div>
        {proof ? <Probes evidence={proof.evidence} /> : null}
      </Card>
    </Section>
  );
}

const LOOKS: Record<Shown["outcome"], readonly [icon: typeof CircleCheck, color: string, words: string]> = {
  as_expected: [CircleCheck, "text-ok", "As it should be"],
  open: [TriangleAlert, "text-danger", "Open"],
  does_not_pass: [CircleDashed, "text-warn", "Did not pass"],
  unsure: [CircleDashed, "text-warn", "Proves neither"],
};

function Probes({ evidence }: { readonly evidence: readonly Shown[] }) {
  const labels = [...new Set(evidence.map(({ label }) => label))];
  return (
    <ul aria-label="Evidence" className="grid gap-x-6 gap-y-1.5 border-t p-4 text-sm lg:grid-cols-2">
      {labels.map((label) => (
        <Probe key={label} shown={evidence.filter((one) => one.label === label)} />
      ))}
    </ul>
  );
}

/** The service's own word first, Valet's after it. */
function Probe({ shown }: { readonly shown: readonly Shown[] }) {
  const [first, ...others] = [...shown].sort((a, b) => a.by.localeCompare(b.by));
  if (!first) return null;
  const worst = shown.find((one) => one.outcome === "open") ?? shown.find((one) => one.outcome !== "as_expected") ?? first;
  const [Icon, color, words] = LOOKS[worst.outcome];
  return (
    <li className="flex items-start gap-2">
      <Icon className={cx("mt-0.5 size-4 shrink-0", color)} aria-label={words} role="img" />
      <span className="min-w-0">
        {first.sentence}{" "}
        {others.map((one) => (
          <span key={one.by} className="text-muted">
            {withoutLabel(one)}
          </span>
        ))}
        {first.by === "valet" ? <span className="text-faint">Asked of Valet's rules only.</span> : null}
      </span>
    </li>
  );
}

function withoutLabel({ label, sentence }: Shown): string {
  const rest = sentence.slice(label.length + 2);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
