import { EyeOff, KeyRound, Send } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Card } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { cx } from "@/app/_ui/cx";
import { patternTag } from "@/app/_ui/patterns";
import { Status } from "@/app/_ui/Status";
import { Who } from "@/app/_ui/Who";
import type { ActivityView } from "@/lib/activity/list";
import type { RunNode, RunPart } from "@/lib/activity/runTree";
import { laneOf, spanWords } from "../spans";

interface Around {
  readonly run: { readonly startedAt: Date; readonly endedAt: Date };
  readonly rowPath: (id: string) => string;
}

/** Whose authority, then each token under what it was made of, and each call under the token that it spent. */
export function Tree({ part, ...around }: Around & { readonly part: RunPart }) {
  return (
    <div className="grid gap-3">
      {part.branches.map(({ principal, nodes }) => (
        <Card key={`${principal.kind} ${principal.id}`}>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b px-4 py-2.5 text-sm text-muted">
            On the authority of
            {principal.kind === "agent" ? (
              <Link href={`/agents/${principal.id}`} className="min-w-0 rounded text-ink hover:underline">
                <Who kind="agent" name={principal.name} />
              </Link>
            ) : (
              <Who kind={principal.kind} name={principal.name} className="text-ink" />
            )}
          </p>
          <Nodes nodes={nodes} {...around} className="px-4 py-3" />
        </Card>
      ))}
    </div>
  );
}

function Nodes({ nodes, className, ...around }: Around & { readonly nodes: readonly RunNode[]; readonly className?: string }) {
  return (
    <ul className={cx("grid grid-cols-[minmax(0,1fr)] gap-3", className)}>
      {nodes.map((node) => (
        <li key={node.id} className="grid grid-cols-[minmax(0,1fr)] gap-3">
          {node.kind === "unseen" || !node.row ? <Unseen node={node} /> : <Use node={node} row={node.row} {...around} />}
          {node.children.length > 0 ? (
            <Nodes nodes={node.children} {...around} className="ml-2.5 border-l border-line-strong pl-3 sm:pl-5" />
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** One use: who, what, when, and how it was decided. */
function Use({ node, row, run, rowPath }: Around & { readonly node: RunNode; readonly row: ActivityView }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <Mark kind={node.kind} />
        <div className="grid min-w-0 flex-1 basis-52 grid-cols-[minmax(0,1fr)] gap-0.5">
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
        <p className="numbers text-sm text-muted sm:w-32 sm:text-right">
          +{spanWords(row.at.getTime() - run.startedAt.getTime())}
          {row.durationMs === null ? null : <>, took {spanWords(row.durationMs)}</>}
          {row.upstreamStatus === null ? null : (
            <>
              <br className="max-sm:hidden" />
              <span className="sm:hidden">, </span>answered {row.upstreamStatus}
            </>
          )}
        </p>
      </div>
      <Lane node={node} row={row} run={run} />
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
function Unseen({ node }: { readonly node: RunNode }) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
      <Mark kind="unseen" />
      {node.row
        ? `With the token that ${node.row.agent?.name ?? "somebody"} fetched, drawn in the other part`
        : "With a token that was made outside this run, or is not yours to see"}
    </p>
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
    <span aria-hidden="true" className="block h-1 overflow-hidden rounded-full bg-sunken">
      <span className={cx("block h-full rounded-full", color)} style={{ marginLeft: `${left}%`, width: `${width}%` }} />
    </span>
  );
}
