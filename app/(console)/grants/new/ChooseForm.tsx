import { ArrowRight } from "lucide-react";
import Form from "next/form";
import Link from "next/link";
import { buttonClass } from "@/app/_ui/Button";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { cx } from "@/app/_ui/cx";
import { Disclosure } from "@/app/_ui/Disclosure";
import { SelectField } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { PatternTag } from "@/app/_ui/PatternTag";
import { ScopeChoice } from "@/app/_ui/ScopeChoice";
import { plural } from "@/app/_ui/words";
import type { AgentSummary } from "@/lib/agents/list";
import { owns } from "@/lib/agents/rules";
import type { ConnectionSummary } from "@/lib/connections/list";
import { type Template, templateFor } from "@/lib/policy/templates";
import { type Draft, draftPath, LIFETIMES, presetScopes } from "./draft";
import { NO_BOUNDS } from "./draftBounds";
import { Limits } from "./Limits";
import { Resources } from "./Resources";
import { Templates } from "./Templates";

interface Props {
  readonly draft: Draft;
  readonly connections: readonly ConnectionSummary[];
  readonly connection: ConnectionSummary;
  readonly agents: readonly AgentSummary[];
  readonly me: string;
  readonly templates: readonly Template[];
  /** What a link asked for that was left out. */
  readonly dropped: readonly string[];
  readonly problem: string | null;
  /** Whether a consent of its own would get around that problem. */
  readonly separately: boolean;
  /** What could be kept to the single things that were named; empty where that is not the problem. */
  readonly boundable: readonly string[];
}

/** Everything there is to choose. Sends itself to the same address by GET, so it needs no script and back is always right. */
export function ChooseForm({ draft, connections, connection, agents, me, templates, dropped, problem, separately, boundable }: Props) {
  const chosen = templateFor(templates, draft.scopes);
  return (
    <div className="grid max-w-3xl gap-7">
      {problem ? (
        <Notice
          tone="danger"
          role="alert"
          action={
            separately ? (
              <Link href={draftPath({ ...draft, consent: "separate" }, { review: true })} className={buttonClass()}>
                Let {connection.connectorName} hold it
              </Link>
            ) : boundable.length > 0 ? (
              <Link href={draftPath({ ...draft, scopes: boundable }, { review: true })} className={buttonClass()}>
                Leave out what cannot
              </Link>
            ) : null
          }
        >
          {problem}
        </Notice>
      ) : null}
      <Dropped list={dropped} />
      <Accounts {...{ draft, connections, connection }} />
      <Form key={connection.id} action="/grants/new" className="grid gap-7">
        <input type="hidden" name="connection" value={connection.id} />
        <input type="hidden" name="review" value="1" />
        {draft.pattern ? <input type="hidden" name="pattern" value={draft.pattern} /> : null}
        <Step number={2} title="Agent">
          <SelectField label="Lend to" name="agent" defaultValue={draft.agent}>
            <Agents label="Your agents" list={agents.filter((one) => owns(me, one))} />
            <Agents label="Other people's agents" list={agents.filter((one) => !owns(me, one))} withOwner />
          </SelectField>
        </Step>
        <Step
          number={3}
          title="What it may do"
          lead={`You have ${plural(connection.permissions.length, "permission")} here. Nothing that writes is ticked to begin with.`}
        >
          <Templates
            key={draft.scopes.join(" ")}
            templates={templates.map((one) => ({ ...one, href: `${draftPath({ ...draft, scopes: one.scopes })}&template=${one.id}` }))}
            chosen={chosen}
          />
          <Disclosure key={`list ${draft.scopes.join(" ")}`} summary="Permission by permission" open={chosen === "custom"}>
            <ScopeChoice list={connection.permissions} ticked={draft.scopes} />
          </Disclosure>
        </Step>
        <Step number={4} title="Where" lead={whereLead(connection)}>
          {connection.resourceKinds.length > 0 ? <Resources connection={connection} bounds={draft.bounds} /> : null}
        </Step>
        <Lifetimes chosen={draft.lifetime} />
        <Step number={6} title="Limits" lead="Optional. Valet's gateway counts, and refuses what is beyond.">
          <Limits bounds={draft.bounds} />
        </Step>
        <div className="flex flex-wrap items-center gap-3">
          <button type="submit" className={buttonClass("primary")}>
            Review
            <ArrowRight aria-hidden="true" />
          </button>
          <p className="text-sm text-muted">Nothing is given yet.</p>
        </div>
      </Form>
    </div>
  );
}

function Step({
  number,
  title,
  lead,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly lead?: string;
  readonly children?: React.ReactNode;
}) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div>
        <h2 className="text-md font-semibold tracking-tight">
          <span className="text-faint">{number}.</span> {title}
        </h2>
        {lead ? <p className="text-muted">{lead}</p> : null}
      </div>
      {children}
    </section>
  );
}

function whereLead({ connectorName, resourceKinds }: ConnectionSummary): string {
  if (resourceKinds.length === 0) return `Everywhere in this account: Valet cannot keep an agent to single things at ${connectorName}.`;
  return "Everywhere in this account, or only where you say. Valet's gateway refuses every call that names something else.";
}

function Dropped({ list }: { readonly list: readonly string[] }) {
  if (list.length === 0) return null;
  return (
    <Notice tone="warn" role="alert" title="Part of this link does not fit">
      <ul className="list-inside list-disc">
        {list.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Notice>
  );
}

function Accounts({ draft, connections, connection }: Pick<Props, "draft" | "connections" | "connection">) {
  return (
    <Step number={1} title="Account">
      <ul className="grid gap-2 sm:grid-cols-2">
        {connections.map((one) => (
          <li key={one.id}>
            <Link
              href={draftPath({
                ...draft,
                connection: one.id,
                scopes: presetScopes(one.permissions),
                delivery: undefined,
                pattern: undefined,
                bounds: NO_BOUNDS,
              })}
              aria-current={one.id === connection.id ? "true" : undefined}
              scroll={false}
              className={cx(
                "flex items-center gap-3 rounded-xl border bg-surface px-3.5 py-2.5 hover:border-line-strong",
                one.id === connection.id && "border-ink ring-1 ring-ink",
              )}
            >
              <ConnectorTile connector={one.connector} />
              <span className="min-w-0">
                <span className="block font-medium">{one.connectorName}</span>
                <span className="block truncate text-sm text-muted">{one.accountName}</span>
                {one.keyEndsAt ? <PatternTag pattern="shared_key" /> : null}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Step>
  );
}

function Agents({
  label,
  list,
  withOwner,
}: {
  readonly label: string;
  readonly list: readonly AgentSummary[];
  readonly withOwner?: boolean;
}) {
  if (list.length === 0) return null;
  return (
    <optgroup label={label}>
      {list.map((agent) => (
        <option key={agent.id} value={agent.id}>
          {withOwner ? `${agent.name} (${agent.ownerName})` : agent.name}
        </option>
      ))}
    </optgroup>
  );
}

function Lifetimes({ chosen }: { readonly chosen: string }) {
  return (
    <Step number={5} title="For how long" lead="A grant always ends. You can end it sooner at any time.">
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">For how long</legend>
        {LIFETIMES.map(([value, words]) => (
          <label
            key={value}
            className="flex min-h-9 items-center gap-2 rounded-lg border bg-surface px-3 py-1.5 hover:border-line-strong has-checked:border-ink has-checked:ring-1 has-checked:ring-ink max-md:min-h-11"
          >
            <input type="radio" name="lifetime" value={value} defaultChecked={value === chosen} className="size-4" />
            {words}
          </label>
        ))}
      </fieldset>
    </Step>
  );
}
