import { ArrowDown, X } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { ButtonLink } from "@/app/_ui/Button";
import { DataList, Datum, Id } from "@/app/_ui/DataList";
import { isPattern, PATTERN_WORDS, PatternTag } from "@/app/_ui/PatternTag";
import { isState, Status } from "@/app/_ui/Status";
import { Who } from "@/app/_ui/Who";
import type { Shown } from "@/lib/activity/address";
import { changedIn } from "@/lib/activity/changed";
import type { ActivityView } from "@/lib/activity/list";
import { Arrived } from "./Arrived";
import { Changes } from "./Changes";
import { activityPath, rowElementId } from "./filter";

interface Props {
  readonly row: ActivityView;
  readonly shown: Shown;
  readonly closePath: string;
}

/** The kinds of AgentCredential. */
const CREDENTIALS: Readonly<Record<string, string>> = { secret: "Secret", key: "Key", workload: "Workload token" };

/** One row in full: who stood behind whom, every field, and the record as it is. */
export function Details({ row, shown, closePath }: Props) {
  return (
    <aside
      id="details"
      aria-labelledby="details-title"
      className="overflow-y-auto rounded-xl border bg-surface max-xl:fixed max-xl:inset-x-0 max-xl:bottom-0 max-xl:z-20 max-xl:max-h-[78dvh] max-xl:rounded-b-none max-xl:shadow-high xl:sticky xl:top-[calc(var(--banner)+1rem)] xl:max-h-[calc(100dvh-var(--banner)-2rem)] xl:shadow-low"
    >
      <div className="flex items-start justify-between gap-2 border-b px-4 py-3">
        <Arrived key={row.id} from={rowElementId(row.id)} closePath={closePath}>
          <h2 id="details-title" className="text-md font-semibold tracking-tight first-letter:uppercase">
            {row.words}
          </h2>
        </Arrived>
        <ButtonLink look="quiet" href={closePath} scroll={false} className="-my-1 -mr-2 px-2" aria-label="Close details">
          <X aria-hidden="true" />
        </ButtonLink>
      </div>
      <Chain row={row} />
      <DataList>
        <Text name="Target">{row.target}</Text>
        <Datum name="Decision">
          {isState(row.decision) ? <Status state={row.decision} /> : null} <Id>{row.reason}</Id>
          {row.reasonText ? <p className="text-muted">{row.reasonText}</p> : null}
        </Datum>
        {changedIn(row).length > 0 ? (
          <Datum name="Changed">
            <Changes row={row} />
          </Datum>
        ) : null}
        <Text name="When">{row.at.toISOString().replace("T", " ").replace("Z", " UTC")}</Text>
        <Datum name="Event">
          <Id>{row.event}</Id>
        </Datum>
        {isPattern(row.pattern) ? (
          <Datum name="Authority">
            <PatternTag pattern={row.pattern} />
            <p className="text-muted">{PATTERN_WORDS[row.pattern]}</p>
          </Datum>
        ) : null}
        {row.person ? (
          <Datum name="On authority of">
            <Who kind="person" name={row.person.name} />
          </Datum>
        ) : null}
        {row.agent ? (
          <Datum name="Agent">
            <Who kind="agent" name={row.agent.name} />
          </Datum>
        ) : null}
        {row.owner && row.owner.id !== row.person?.id ? (
          <Datum name="Concerns">
            <Who kind="person" name={row.owner.name} />
          </Datum>
        ) : null}
        <Linked name="Grant" id={row.grantId} href={`/grants/${row.grantId}`} />
        <Linked name="Connection" id={row.connectionId} href={`/connections/${row.connectionId}`} />
        <Provenance row={row} shown={shown} />
        <Text name="Scopes">{row.scopes.join(" ")}</Text>
        <Text name="Delivery">{row.delivery}</Text>
        <Text name="Narrowed by">{row.narrowedBy}</Text>
        <Text name="Service answered">{row.upstreamStatus}</Text>
        <Text name="Took">{row.durationMs === null ? null : `${row.durationMs} ms`}</Text>
      </DataList>
      <details className="border-t">
        <summary className="px-4 py-2.5 text-sm font-medium text-muted hover:text-ink">Raw record</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
        <pre tabIndex={0} className="overflow-x-auto px-4 pb-4 font-mono text-xs leading-5">
          {JSON.stringify(row, null, 2)}
        </pre>
      </details>
    </aside>
  );
}

/** Of which run, by which token and credential, and where else it can be found. */
function Provenance({ row, shown }: Pick<Props, "row" | "shown">) {
  return (
    <>
      <Linked name="Run" id={row.runIdVerified} href={runPath(row.runIdVerified)} />
      <Linked
        name="Says its run is"
        id={row.runIdClaimed === row.runIdVerified ? null : row.runIdClaimed}
        href={runPath(row.runIdClaimed)}
      />
      <Linked name="Token made by" id={row.tokenUseId} href={activityPath(shown, { row: row.tokenUseId ?? "" })} />
      <Raw name="Hop">{row.delegationId}</Raw>
      {row.credential ? (
        <Datum name="Proved by">
          {CREDENTIALS[row.credential.kind] ?? row.credential.kind} <Id>{row.credential.name || row.credential.id}</Id>
        </Datum>
      ) : null}
      <Raw name="Trace">{row.traceId}</Raw>
      <Raw name="Request">{row.requestId}</Raw>
    </>
  );
}

function runPath(runId: string | null): string {
  return `/runs/${encodeURIComponent(runId ?? "")}`;
}

function Raw({ name, children }: { readonly name: string; readonly children: string | null }) {
  if (!children) return null;
  return (
    <Datum name={name}>
      <Id>{children}</Id>
    </Datum>
  );
}

/** Outermost first: the person, then the agent that acted in their name. */
function Chain({ row }: { readonly row: ActivityView }) {
  return (
    <ol aria-label="Chain of hands" className="grid justify-items-start gap-1 border-b px-4 py-3">
      {row.chain.map((link, index) => (
        <li key={link.id} className="grid max-w-full justify-items-start gap-1">
          {index > 0 ? <ArrowDown className="ml-0.5 size-4 text-faint" aria-hidden="true" /> : null}
          <Who kind={link.kind} name={link.name} />
        </li>
      ))}
    </ol>
  );
}

function Text({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === null || children === "" || children === undefined) return null;
  return <Datum name={name}>{children}</Datum>;
}

function Linked({ name, id, href }: { readonly name: string; readonly id: string | null; readonly href: string }) {
  if (!id) return null;
  return (
    <Datum name={name}>
      <Link href={href} className="prose-link font-mono text-xs break-all">
        {id}
      </Link>
    </Datum>
  );
}
