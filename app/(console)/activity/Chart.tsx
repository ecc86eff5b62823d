import Link from "next/link";
import { useId } from "react";
import { cx } from "@/app/_ui/cx";
import { Disclosure } from "@/app/_ui/Disclosure";
import { listInWords } from "@/app/_ui/words";
import { type Shown, shortTime } from "@/lib/activity/address";
import type { ActivityChart, ChartBar } from "@/lib/activity/chart";
import { Brush } from "./Brush";
import { activityPath, pathWithout } from "./filter";
import { isMidnight, spanOfTime, tickWords } from "./moments";

const HEIGHT = 104;
/** What is there is seen, however little it is. */
const HEIGHT_MIN = 2;
const TICKS = 5;
/** Words that begin further right would leave the chart of a phone. */
const PHONES_LAST_TICK = 0.86;

/** From below to above. Each has a texture of its own, for whoever cannot tell the colours. */
const HANDS = [
  { key: "people", word: "People", one: "by people", color: "text-person", filter: { acting: "person", decision: "allowed" } },
  { key: "agents", word: "Agents", one: "by agents", color: "text-agent", filter: { acting: "agent", decision: "allowed" } },
  { key: "valet", word: "Valet itself", one: "by Valet", color: "text-faint", filter: { acting: "system", decision: "allowed" } },
  { key: "refused", word: "Refused", one: "refused", color: "text-danger", filter: { decision: "refused" } },
] as const;
type Hand = (typeof HANDS)[number]["key"];

interface Props {
  readonly chart: ActivityChart;
  readonly shown: Shown;
  readonly now: Date;
  /** What every link keeps beside the filters. */
  readonly keep: Readonly<Record<string, string | undefined>>;
}

/** The rows of the list over time. A bar is a link to its rows; with scripts a span is chosen by dragging or by keys. */
export function Chart({ chart, shown, now, keep }: Props) {
  const { bars, barSeconds, rows, cut } = chart;
  const id = useId();
  if (rows === 0) return null;
  const tallest = Math.max(...bars.map(totalOf));
  const base = pathWithout(shown, ["since", "from", "to"], keep);
  const linked = bars.map((bar) => ({
    ...{ from: shortTime(bar.from), to: shortTime(bar.to), rows: totalOf(bar), count: countWords(bar) },
    when: spanOfTime(bar.from, bar.to, now),
    href: activityPath(shown, { ...keep, since: undefined, from: shortTime(bar.from), to: shortTime(bar.to) }),
  }));
  const [first, last] = [bars[0], bars.at(-1)];
  return (
    <section aria-labelledby={`${id}-title`} className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-xl border bg-surface p-4 shadow-low">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 id={`${id}-title`} className="text-base font-semibold tracking-tight">
          <span className="numbers">{number(rows)}</span> {rows === 1 ? "row" : "rows"}
          {first && last ? <span className="font-normal text-muted"> {spanOfTime(first.from, last.to, now)} UTC</span> : null}
        </h2>
        <Legend id={id} bars={bars} shown={shown} keep={keep} />
      </div>
      {cut ? <p className="text-sm text-muted">Only the newest are drawn; there may be older ones. Choose a time to see them.</p> : null}
      <div className="relative">
        <p aria-hidden="true" className="numbers text-xs text-faint">
          {number(tallest)}
        </p>
        <Brush
          base={base}
          now={now.toISOString()}
          bars={linked.map(({ from, to, rows: inside, count }) => ({ from, to, rows: inside, count }))}
          axis={<Axis bars={bars} barSeconds={barSeconds} />}
        >
          <svg width="100%" height={HEIGHT} className="block border-b border-line-strong">
            <title>Rows over time</title>
            <Textures id={id} />
            {bars.map((bar, index) => (
              <Bar key={linked[index]?.from} {...{ id, bar, index, tallest }} count={bars.length} link={linked[index] as Linked} />
            ))}
          </svg>
        </Brush>
      </div>
      <Disclosure summary="Show the numbers">
        <Numbers bars={bars} linked={linked} />
      </Disclosure>
    </section>
  );
}

interface Linked {
  readonly from: string;
  readonly when: string;
  readonly count: string;
  readonly href: string;
}

interface BarProps {
  readonly id: string;
  readonly bar: ChartBar;
  readonly index: number;
  readonly count: number;
  readonly tallest: number;
  readonly link: Linked;
}

function Bar({ id, bar, index, count, tallest, link }: BarProps) {
  if (totalOf(bar) === 0) return null;
  const [left, width] = [(index * 100) / count, 100 / count];
  let top = HEIGHT;
  return (
    <a href={link.href} aria-label={`${link.when}: ${link.count}`}>
      <rect x={`${left}%`} width={`${width}%`} y={0} height={HEIGHT} className="fill-transparent hover:fill-sunken" />
      {HANDS.map(({ key, color }) => {
        if (bar[key] === 0) return null;
        const height = Math.max(HEIGHT_MIN, (bar[key] / tallest) * (HEIGHT - 4 * HEIGHT_MIN));
        top -= height;
        return (
          <rect
            key={key}
            x={`${left + width * 0.08}%`}
            width={`${width * 0.84}%`}
            y={top}
            height={height}
            fill={`url(#${id}-${key})`}
            className={color}
          />
        );
      })}
    </a>
  );
}

/** Plain for people, striped for agents, dotted for Valet, crossed for what was refused. */
function Textures({ id }: { readonly id: string }) {
  return (
    <defs>
      {HANDS.map(({ key, color }) => (
        <pattern key={key} id={`${id}-${key}`} width="6" height="6" patternUnits="userSpaceOnUse" className={color}>
          <rect width="6" height="6" fill="currentColor" />
          <Texture of={key} />
        </pattern>
      ))}
    </defs>
  );
}

function Texture({ of }: { readonly of: Hand }) {
  switch (of) {
    case "people":
      return null;
    case "agents":
      return <path d="M-1 1 L1 -1 M-1 7 L7 -1 M5 7 L7 5" className="stroke-surface" strokeWidth="1.3" />;
    case "valet":
      return <circle cx="3" cy="3" r="1.2" className="fill-surface" />;
    case "refused":
      return <path d="M0 0 L6 6 M6 0 L0 6" className="stroke-surface" strokeWidth="0.9" />;
  }
}

/** What each texture means and how many there are of it; leads to those alone. */
function Legend({ id, bars, shown, keep }: { readonly id: string; readonly bars: readonly ChartBar[] } & Pick<Props, "shown" | "keep">) {
  const sums = HANDS.map((hand) => ({ ...hand, sum: bars.reduce((sum, bar) => sum + bar[hand.key], 0) })).filter(({ sum }) => sum > 0);
  return (
    <ul aria-label="By whom" className="flex flex-wrap gap-x-4 gap-y-1">
      {sums.map(({ key, word, color, filter, sum }) => (
        <li key={key}>
          <Link
            href={activityPath({ ...shown, ...filter }, keep)}
            scroll={false}
            className="inline-flex min-h-6 items-center gap-1.5 rounded text-sm hover:underline"
          >
            <svg width="12" height="12" aria-hidden="true" className={color}>
              <rect width="12" height="12" rx={key === "people" ? 6 : 2} fill={`url(#${id}-${key})`} />
            </svg>
            {word} <span className="numbers font-medium">{number(sum)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Where days are long enough to be told apart, the marks are their beginnings. */
function Axis({ bars, barSeconds }: Pick<ActivityChart, "bars" | "barSeconds">) {
  const all = bars.map(({ from }, index) => ({ from, index }));
  const days = all.filter(({ from }) => isMidnight(from));
  const marks = days.length > 1 ? days : all;
  const every = Math.max(1, Math.ceil(marks.length / TICKS));
  const ticks = marks.filter((_, place) => place % every === 0);
  return (
    <div aria-hidden="true" className="numbers relative h-5 text-xs text-faint">
      {ticks.map(({ from, index }) => (
        <span
          key={index}
          className={cx(
            "absolute top-0.5 border-l border-line-strong pl-1 whitespace-nowrap",
            index / bars.length > PHONES_LAST_TICK && "max-sm:hidden",
          )}
          style={{ left: `${(index * 100) / bars.length}%` }}
        >
          {tickWords(from, barSeconds)}
        </span>
      ))}
    </div>
  );
}

function Numbers({ bars, linked }: { readonly bars: readonly ChartBar[]; readonly linked: readonly Linked[] }) {
  return (
    <table className="numbers w-full max-w-2xl text-right text-sm">
      <caption className="sr-only">Rows by time and by whom; times without rows are left out</caption>
      <thead className="text-xs text-muted">
        <tr>
          <th scope="col" className="py-1 text-left font-medium">
            Time (UTC)
          </th>
          {HANDS.map(({ key, word }) => (
            <th key={key} scope="col" className="py-1 pl-2 font-medium">
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {bars.map((bar, index) =>
          totalOf(bar) === 0 ? null : (
            <tr key={linked[index]?.from} className="border-t">
              <th scope="row" className="border-t py-1 text-left font-normal">
                <a href={linked[index]?.href} className="prose-link inline-flex min-h-6 items-center">
                  {linked[index]?.when}
                </a>
              </th>
              {HANDS.map(({ key }) => (
                <td key={key} className="border-t py-1 pl-2">
                  {number(bar[key])}
                </td>
              ))}
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}

function totalOf({ people, agents, valet, refused }: ChartBar): number {
  return people + agents + valet + refused;
}

function countWords(bar: ChartBar): string {
  const parts = HANDS.filter(({ key }) => bar[key] > 0).map(({ key, one }) => `${number(bar[key])} ${one}`);
  return parts.length === 0 ? "nothing" : listInWords(parts);
}

const NUMBER = new Intl.NumberFormat("en");

/** "12,403". */
export function number(count: number): string {
  return NUMBER.format(count);
}
