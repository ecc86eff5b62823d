import { ArrowRight } from "lucide-react";
import Form from "next/form";
import Link from "next/link";
import { buttonClass } from "@/app/_ui/Button";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { cx } from "@/app/_ui/cx";
import { SelectField } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { PatternTag } from "@/app/_ui/PatternTag";
import { ScopeChoice } from "@/app/_ui/ScopeChoice";
import type { AgentSummary } from "@/lib/agents/list";
import { owns } from "@/lib/agents/rules";
import type { ConnectionSummary } from "@/lib/connections/list";
import { type Draft, draftPath, LIFETIMES, presetScopes } from "./draft";
import { NO_BOUNDS } from "./draftBounds";
import { Limits } from "./Limits";
import { ReadOnly } from "./ReadOnly";

interface Props {
  readonly draft: Draft;
  readonly connections: readonly ConnectionSummary[];
  readonly connection: ConnectionSummary;
  readonly agents: readonly AgentSummary[];
  readonly me: string;
  readonly problem: string | null;
  /** Whether a consent of its own would get around that problem. */
  readonly separately: boolean;
}

/** Everything there is to choose. Sends itself to the same address by GET, so it needs no script and back is always right. */
export function ChooseForm({ draft, connections, connection, agents, me, problem, separately }: Props) {
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
            ) : null
          }
        >
          {problem}
        </Notice>
      ) : null}
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
        <Step number={3} title="Permissions" lead={`You have ${connection.permissions.length} here. Only reading is ticked to begin with.`}>
          <div className="flex">
            <ReadOnly href={draftPath({ ...draft, scopes: presetScopes(connection.permissions) })} />
          </div>
          <ScopeChoice key={draft.scopes.join(" ")} list={connection.permissions} ticked={draft.scopes} />
        </Step>
        <Lifetimes chosen={draft.lifetime} />
        <Step
          number={5}
          title="Limits"
          lead="Optional: keep it to single things, or to a number of calls. Valet's gateway holds the agent to it."
        >
          <Limits kinds={connection.resourceKinds} bounds={draft.bounds} />
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
  readonly children: React.ReactNode;
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
    <Step number={4} title="For how long" lead="A grant always ends. You can end it sooner at any time.">
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
