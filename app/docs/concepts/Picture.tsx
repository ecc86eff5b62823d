import { ArrowRight } from "lucide-react";
import { Fragment } from "react";
import { cx } from "@/app/_ui/cx";
import { WhoMark } from "@/app/_ui/Who";

type Kind = "person" | "agent" | "valet" | "account";

export interface Step {
  readonly kind: Kind;
  readonly words: string;
  /** In small letters below. */
  readonly more?: string;
  /** On the arrow that leads here. */
  readonly by?: string;
}

const LOOKS: Readonly<Record<Kind, string>> = {
  person: "rounded-3xl border-person-line bg-person-soft text-person",
  agent: "rounded-lg border-agent-line bg-agent-soft text-agent",
  valet: "rounded-lg border-line-strong bg-surface",
  account: "rounded-lg border-dashed border-line-strong bg-surface",
};

interface Props {
  /** All that is drawn, in a sentence: what who does not see it is told. */
  readonly label: string;
  readonly steps: readonly Step[];
}

/** Boxes with arrows between them: from left to right, and on a phone downwards. */
export function Picture({ label, steps }: Props) {
  return (
    <div
      role="img"
      aria-label={label}
      className="flex max-w-3xl flex-col items-stretch gap-1.5 rounded-xl border bg-sunken p-4 sm:flex-row sm:items-center"
    >
      {steps.map((step, index) => (
        <Fragment key={step.words}>
          {index > 0 ? <Arrow by={step.by} /> : null}
          <Box {...step} />
        </Fragment>
      ))}
    </div>
  );
}

function Box({ kind, words, more }: Step) {
  return (
    <div className={cx("flex min-w-0 flex-1 items-center gap-2.5 border px-3 py-2.5", LOOKS[kind])}>
      {kind === "person" || kind === "agent" ? <WhoMark kind={kind} large /> : null}
      <div className="min-w-0">
        <p className="font-medium break-words">{words}</p>
        {more ? <p className="text-xs break-words text-muted">{more}</p> : null}
      </div>
    </div>
  );
}

function Arrow({ by }: { readonly by: string | undefined }) {
  return (
    <div className="flex items-center justify-center gap-2 py-0.5 text-xs text-muted sm:flex-col-reverse sm:gap-0.5 sm:px-1">
      <ArrowRight className="size-4 rotate-90 sm:rotate-0" />
      {by ? <span className="sm:max-w-20 sm:text-center">{by}</span> : null}
    </div>
  );
}
