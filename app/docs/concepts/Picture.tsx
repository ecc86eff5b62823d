type Kind = "person" | "agent" | "none";

const COLORS: Readonly<Record<Kind, readonly [box: string, words: string]>> = {
  person: ["fill-person-soft stroke-person-line", "fill-person"],
  agent: ["fill-agent-soft stroke-agent-line", "fill-agent"],
  none: ["fill-surface stroke-line-strong", "fill-ink"],
};

interface Props {
  readonly label: string;
  readonly steps: readonly (readonly [words: string, kind: Kind])[];
}

/** Boxes from left to right with arrows between them; what is drawn is also its label. */
export function Picture({ label, steps }: Props) {
  return (
    <svg viewBox={`0 0 ${steps.length * 150 - 20} 60`} role="img" aria-label={label} className="w-full max-w-lg">
      {steps.map(([words, kind], index) => (
        <g key={words} transform={`translate(${index * 150} 0)`}>
          <rect x="1" y="8" width="126" height="44" rx={kind === "agent" ? 4 : 14} className={COLORS[kind][0]} />
          <text x="64" y="34" textAnchor="middle" fontSize="12" className={COLORS[kind][1]}>
            {words}
          </text>
          {index + 1 < steps.length ? <path d="M130 30h14m-5-4 5 4-5 4" fill="none" className="stroke-muted" /> : null}
        </g>
      ))}
    </svg>
  );
}
