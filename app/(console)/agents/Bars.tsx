import { plural } from "@/app/_ui/words";
import type { UsesOfDay } from "@/lib/activity/usesPerDay";

interface Props {
  readonly days: readonly UsesOfDay[];
  readonly width: number;
  readonly height: number;
  readonly className?: string;
}

const GAP = 2;

/** A bar for each day, what was refused on top of it. Drawn by the server; whoever cannot see it reads the numbers beside it. */
export function Bars({ days, width, height, className }: Props) {
  const most = Math.max(1, ...days.map(({ allowed, refused }) => allowed + refused));
  const step = (width + GAP) / days.length;
  const tall = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * height));
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      className={className}
      aria-hidden="true"
      preserveAspectRatio="none"
    >
      {days.map(({ day, allowed, refused }, index) => {
        const [x, low, high] = [index * step, tall(allowed), tall(refused)];
        const top = Math.max(0, height - low - high);
        return (
          <g key={day}>
            {allowed + refused === 0 ? <rect x={x} y={height - 1} width={step - GAP} height={1} className="fill-line-strong" /> : null}
            {allowed > 0 ? <rect x={x} y={height - low} width={step - GAP} height={low} className="fill-agent" /> : null}
            {refused > 0 ? <rect x={x} y={top} width={step - GAP} height={Math.min(high, height)} className="fill-danger" /> : null}
          </g>
        );
      })}
    </svg>
  );
}

/** "12 uses in 7 days, 1 of them refused". */
export function usesInWords(days: readonly UsesOfDay[]): string {
  const refused = days.reduce((sum, day) => sum + day.refused, 0);
  const all = days.reduce((sum, day) => sum + day.allowed, refused);
  if (all === 0) return `no use in ${days.length} days`;
  return `${plural(all, "use")} in ${days.length} days${refused > 0 ? `, ${refused} of them refused` : ""}`;
}

/** A week in the width of a word. */
export function Sparkline({ days }: { readonly days: readonly UsesOfDay[] }) {
  return (
    <span className="inline-flex items-end" title={usesInWords(days)}>
      <Bars days={days} width={68} height={20} />
      <span className="sr-only">
        {usesInWords(days)}: {days.map(({ day, allowed, refused }) => `${day} ${allowed + refused}`).join(", ")}
      </span>
    </span>
  );
}
