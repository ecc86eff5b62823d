import { CornerDownRight, EyeOff, KeyRound, Send } from "lucide-react";
import Link from "next/link";
import type { CSSProperties, ReactNode } from "react";
import { Card } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { cx } from "@/app/_ui/cx";
import { patternTag } from "@/app/_ui/patterns";
import { Status } from "@/app/_ui/Status";
import { Who } from "@/app/_ui/Who";
import type { ActivityView } from "@/lib/activity/list";
import type { RunNode, RunPart } from "@/lib/activity/runTree";
import { axisOf, laneOf, spanWords, type Tick } from "../spans";

interface Around {
  readonly run: { readonly startedAt: Date; readonly endedAt: Date };
  readonly rowPath: (id: string) => string;
}

/** Whose authority, then each token under what it was made of, and each call under the token that it spent; beside them, when. */
export function Tree({ part, ...around }: Around & { readonly part: RunPart }) {
  const { step, ticks } = axisOf(around.run);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3" style={{ "--tick": `${step}%` } as CSSProperties}>
      {part.branches.map(({ principal, nodes }) => (
        <Card key={`${principal.kind} ${principal.id}`}>
          <div className={cx(BESIDE, "items-end border-b px-4 pt-2.5")}>
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1 pb-2 text-sm text-muted">
              On the authority of
              {principal.kind === "agent" ? (
                <Link href={`/agents/${principal.id}`} className="min-w-0 rounded text-ink hover:underline">
                  <Who kind="agent" name={principal.name} />
                </Link>
              ) : (
                <Who kind={principal.kind} name={principal.name} className="text-ink" />
              )}
            </p>
            <Axis ticks={ticks} />
          </div>
          <Nodes nodes={nodes} depth={0} {...around} className="px-4 py-1" />
        </Card>
      ))}
    </div>
  );
}

/** What it was, and beside it when: all lanes of a run begin and end at the same place. On a phone one below the other. */
const BESIDE = "grid grid-cols-[minmax(0,1fr)] gap-x-5 sm:grid-cols-[minmax(0,1fr)_minmax(0,42%)]";

function Axis({ ticks }: { readonly ticks: readonly Tick[] }) {
  return (
    <div className="numbers relative h-5 text-xs text-faint">
      <span className="sr-only">Time from the start: </span>
      {ticks.map(({ at, words }) => (
        <span
          key={words}
          className={cx(
            "absolute bottom-0 whitespace-nowrap",
            at > 88 ? "-translate-x-full border-r pr-1" : "border-l pl-1",
            "border-line-strong",
          )}
          style={{ left: `${at}%` }}
        >
          {words}{" "}
        </span>
      ))}
    </div>
  );
}

interface NodesProps extends Around {
  readonly nodes: readonly RunNode[];
  readonly depth: number;
  readonly className?: string;
}

function Nodes({ nodes, depth, className, ...around }: NodesProps) {
  return (
    <ul className={cx("grid grid-cols-[minmax(0,1fr)]", className)}>
      {nodes.map((node) => (
        <li key={node.id} className="grid grid-cols-[minmax(0,1fr)] border-line not-first:border-t">
          {node.kind === "unseen" || !node.row ? (
            <Unseen node={node} depth={depth} />
          ) : (
            <Use node={node} row={node.row} depth={depth} {...around} />
          )}
          {node.children.length > 0 ? <Nodes nodes={node.children} depth={depth + 1} {...around} className="border-t" /> : null}
        </li>
      ))}
    </ul>
  );
}

const DEPTH_MAX = 6;

/** As far to the right as it lies deep; a chain of many hops still leaves room for words. */
function Indented({ depth, children }: { readonly depth: number; readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 items-start gap-x-2" style={{ paddingLeft: `${Math.min(Math.max(depth - 1, 0), DEPTH_MAX) * 1.25}rem` }}>
      {depth > 0 ? <CornerDownRight className="mt-0.5 size-4 shrink-0 text-faint" aria-hidden="true" /> : null}
      {children}
    </div>
  );
}

interface UseProps extends Around {
  readonly node: RunNode;
  readonly row: ActivityView;
  readonly depth: number;
}

/** One use: who, what, when, and how it was decided. */
function Use({ node, row, depth, run, rowPath }: UseProps) {
  return (
    <div className={cx(BESIDE, "gap-y-1.5 py-2.5")}>
      <Indented depth={depth}>
        <Mark kind={node.kind} />
        <div className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] gap-0.5">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Actor row={row} />
            <Link href={rowPath(row.id)} className="prose-link font-medium">
              {row.words}
            </Link>
            {row.pattern ? <Tag>{patternTag(row.pattern)}</Tag> : null}
            {row.decision === "refused" ? <Status state="refused" /> : null}
          </p>
          <p className="flex flex-wrap items-center gap-x-1.5 text-sm [overflow-wrap:anywhere] text-muted">
            {row.connector ? <ConnectorTile connector={row.connector} small /> : null}
            {row.target}
          </p>
          {row.decision === "refused" ? <p className="text-sm text-muted">{row.reasonText ?? row.reason}</p> : null}
          {node.kind === "token" ? <TokenFacts node={node} row={row} run={run} /> : null}
        </div>
      </Indented>
      <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-1">
        <Lane node={node} row={row} run={run} />
        <p className="numbers text-xs text-muted">
          +{spanWords(row.at.getTime() - run.startedAt.getTime())}
          {row.durationMs === null ? null : <>, took {spanWords(row.durationMs)}</>}
          {row.upstreamStatus === null ? null : <>, answered {row.upstreamStatus}</>}
        </p>
      </div>
    </div>
  );
}

function Actor({ row }: { readonly row: ActivityView }) {
  if (row.acting !== "agent" || !row.agent) return <Who kind={row.acting} name={row.person?.name ?? "Valet"} wordless />;
  return (
    <Link href={`/agents/${row.agent.id}`} className="min-w-0 rounded hover:underline">
      <Who kind="agent" name={row.agent.name} />
    </Link>
  );
}

function TokenFacts({ node, row, run }: { readonly node: RunNode; readonly row: ActivityView; readonly run: Around["run"] }) {
  const endsAt = node.token?.endsAt;
  return (
    <p className="flex flex-wrap gap-x-3 gap-y-0.5 text-sm [overflow-wrap:anywhere] text-muted">
      {row.scopes.length > 0 ? <span>may: {row.scopes.join(" ")}</span> : null}
      {node.token?.audience ? <span>at: {node.token.audience}</span> : null}
      {endsAt ? <span>ends: +{spanWords(Math.max(0, endsAt.getTime() - run.startedAt.getTime()))}</span> : null}
      {row.grantId ? (
        <Link href={`/grants/${row.grantId}`} className="prose-link">
          its grant
        </Link>
      ) : null}
    </p>
  );
}

/** What the calls below were made with, as far as that may be told. */
function Unseen({ node, depth }: { readonly node: RunNode; readonly depth: number }) {
  return (
    <div className="py-2.5 text-sm text-muted">
      <Indented depth={depth}>
        <Mark kind="unseen" />
        <p className="min-w-0">
          {node.row
            ? `With the token that ${node.row.agent?.name ?? "somebody"} fetched, drawn in the other part`
            : "With a token that was made outside this run, or is not yours to see"}
        </p>
      </Indented>
    </div>
  );
}

const MARKS = {
  token: { icon: KeyRound, word: "Token" },
  call: { icon: Send, word: "Call" },
  unseen: { icon: EyeOff, word: "Token" },
} as const;

function Mark({ kind }: { readonly kind: RunNode["kind"] }) {
  const { icon: Icon, word } = MARKS[kind];
  return (
    <span className="inline-grid size-5 shrink-0 place-items-center text-muted">
      <Icon className="size-4" aria-hidden="true" />
      <span className="sr-only">{word}: </span>
    </span>
  );
}

function Tag({ children }: { readonly children: ReactNode }) {
  return <span className="rounded border px-1 text-xs font-medium text-muted">{children}</span>;
}

/** Where in the run it lies: a token until it ends, a call while it was under way. The words beside it say the same. */
function Lane({ node, row, run }: { readonly node: RunNode; readonly row: ActivityView; readonly run: Around["run"] }) {
  const until = node.token?.endsAt ?? new Date(row.at.getTime() + (row.durationMs ?? 0));
  const { left, width } = laneOf(run, row.at, until);
  const color =
    row.decision === "refused" ? "bg-danger" : node.kind === "token" ? "bg-agent-line" : row.acting === "agent" ? "bg-agent" : "bg-person";
  return (
    <span aria-hidden="true" className="relative block h-4 overflow-hidden rounded-sm bg-sunken">
      <span
        className="absolute inset-0"
        style={{
          backgroundImage: "linear-gradient(to right, var(--color-line) 1px, transparent 1px)",
          backgroundSize: "var(--tick) 100%",
        }}
      />
      <span
        className={cx("absolute top-1 bottom-1 rounded-xs", color)}
        style={{ left: `min(${left}%, 100% - 4px)`, width: `max(4px, ${width}%)` }}
      />
    </span>
  );
}
