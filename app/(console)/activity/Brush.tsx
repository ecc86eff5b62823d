"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { plural } from "@/app/_ui/words";
import { spanOfTime } from "./moments";

export interface BrushBar {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  /** "12 by agents and 1 refused" */
  readonly count: string;
}

interface Props {
  readonly bars: readonly BrushBar[];
  /** The address of the rows of all time, which a chosen span is put into. */
  readonly base: string;
  readonly now: string;
  readonly axis: ReactNode;
  readonly children: ReactNode;
}

/** Where it was begun, and where it is now. */
type Span = readonly [anchor: number, head: number];

/**
 * Chooses a span of the bars, by dragging or by keys, and puts it into the address. The drawing below is links of its own: they
 * serve until this is here, and are one stop for a keyboard then, not sixty.
 */
export function Brush({ bars, base, now, axis, children }: Props) {
  const router = useRouter();
  const hint = useId();
  const [ready, setReady] = useState(false);
  const [span, setSpan] = useState<Span | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const dragging = useRef(false);
  useEffect(() => setReady(true), []);
  // The same bars with more in them, as rows are followed, leave a choice as it is.
  const reach = `${bars[0]?.from} ${bars.at(-1)?.to} ${bars.length}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other bars mean that the choice was made, or is of no use
  useEffect(() => setSpan(null), [reach]);

  const last = bars.length - 1;
  const [low, high] = span ? [Math.min(...span), Math.max(...span)] : [over ?? last, over ?? last];
  const chosen = bars.slice(Math.min(low, last), Math.min(high, last) + 1);
  const [from, to] = [chosen[0], chosen.at(-1)];
  const words = spanWords(chosen, new Date(now));

  const choose = () => {
    if (!span || !from || !to) return;
    const address = new URL(base, window.location.origin);
    address.searchParams.set("from", from.from);
    address.searchParams.set("to", to.to);
    router.push(`${address.pathname}${address.search}`, { scroll: false });
  };
  const barAt = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(last, Math.max(0, Math.floor(((event.clientX - left) / width) * bars.length)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moved = moveBy(event, span, last);
    if (moved) setSpan(moved);
    else if (event.key === "Enter" || event.key === " ") choose();
    else if (event.key === "Escape" && span) setSpan(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <div className="relative">
        <div inert={ready}>{children}</div>
        {ready ? (
          <div
            role="slider"
            tabIndex={0}
            aria-label="Span of time"
            aria-describedby={hint}
            aria-valuemin={1}
            aria-valuemax={bars.length}
            aria-valuenow={(span?.[1] ?? last) + 1}
            aria-valuetext={words}
            className="absolute inset-0 cursor-crosshair touch-pan-y select-none"
            onKeyDown={onKeyDown}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              dragging.current = true;
              setSpan([barAt(event), barAt(event)]);
            }}
            onPointerMove={(event) => {
              const bar = barAt(event);
              setOver(bar);
              if (dragging.current) setSpan((before) => [before?.[0] ?? bar, bar]);
            }}
            onPointerUp={() => {
              if (dragging.current) choose();
              dragging.current = false;
            }}
            onPointerCancel={() => {
              dragging.current = false;
              setSpan(null);
            }}
            onPointerLeave={() => setOver(null)}
          >
            {span || over !== null ? (
              <span
                aria-hidden="true"
                className={span ? "absolute inset-y-0 border-x border-ink bg-ink/10" : "absolute inset-y-0 bg-ink/5"}
                style={{ left: `${(low * 100) / bars.length}%`, width: `${((high - low + 1) * 100) / bars.length}%` }}
              />
            ) : null}
          </div>
        ) : null}
      </div>
      {axis}
      <p id={hint} className="sr-only">
        Arrow keys move over the bars, with Shift they take in more of them, Enter shows their rows.
      </p>
      <p className="min-h-5 truncate text-sm text-muted">
        {ready ? (span || over !== null ? words : "Drag over the bars to look closer.") : "Press a bar to see its rows."}
      </p>
    </>
  );
}

const KEYS: Readonly<Record<string, (head: number, last: number) => number>> = {
  ArrowLeft: (head) => head - 1,
  ArrowDown: (head) => head - 1,
  ArrowRight: (head) => head + 1,
  ArrowUp: (head) => head + 1,
  Home: () => 0,
  End: (_head, last) => last,
};

/** The first key only shows where the choice begins. */
function moveBy({ key, shiftKey }: KeyboardEvent, span: Span | null, last: number): Span | null {
  const step = KEYS[key];
  if (!step) return null;
  if (!span) return key === "Home" ? [0, 0] : [last, last];
  const head = Math.min(last, Math.max(0, step(span[1], last)));
  return shiftKey ? [span[0], head] : [head, head];
}

function spanWords(bars: readonly BrushBar[], now: Date): string {
  const [first, last] = [bars[0], bars.at(-1)];
  if (!first || !last) return "";
  const count =
    bars.length === 1
      ? first.count
      : plural(
          bars.reduce((sum, { rows }) => sum + rows, 0),
          "row",
        );
  return `${spanOfTime(new Date(first.from), new Date(last.to), now)}: ${count}`;
}
