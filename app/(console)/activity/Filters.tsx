import { ListFilter } from "lucide-react";
import Form from "next/form";
import { readForPage } from "@/app/_server/read";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { Disclosure } from "@/app/_ui/Disclosure";
import { SelectField, TextField } from "@/app/_ui/Field";
import { EVENT_WORDS } from "@/lib/activity/events";
import { listAgents } from "@/lib/agents/list";
import { connectors } from "@/lib/connectors/registry";
import type { PersonCtx } from "@/lib/ctx";
import { listGrants } from "@/lib/grants/list";
import { listPeople } from "@/lib/people/list";
import type { FilterName, Shown } from "./filter";

interface Props {
  readonly ctx: PersonCtx;
  readonly shown: Shown;
  readonly filtered: boolean;
}

/** A form that only fills the address: every filter can be shared, and back is always right. */
export async function Filters({ ctx, shown, filtered }: Props) {
  const sees = ctx.actor.role !== "member";
  const [agents, people] = await readForPage(() => Promise.all([knownAgents(ctx), sees ? listPeople(ctx) : []]));
  const clear = shown.everyone ? "/activity?everyone=1" : "/activity";
  return (
    <Form key={JSON.stringify(shown)} action="/activity" aria-label="Filters" className="grid gap-3">
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
        <Choice
          label="Acting"
          name="acting"
          shown={shown}
          any="Anybody"
          options={[
            ["person", "People"],
            ["agent", "Agents"],
            ["system", "Valet itself"],
          ]}
        />
        <Choice label="Agent" name="agent" shown={shown} any="Any agent" options={agents} />
        {sees ? (
          <Choice label="Person" name="person" shown={shown} any="Any person" options={people.map((one) => [one.id, one.name])} />
        ) : null}
        <Choice label="Service" name="connector" shown={shown} any="Any service" options={connectors.map((one) => [one.id, one.name])} />
        <Choice
          label="Decision"
          name="decision"
          shown={shown}
          any="Either"
          options={[
            ["allowed", "Allowed"],
            ["refused", "Refused"],
          ]}
        />
      </div>
      <More shown={shown} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <button type="submit" className={buttonClass("secondary")}>
          <ListFilter aria-hidden="true" />
          Filter
        </button>
        {filtered ? (
          <ButtonLink look="quiet" href={clear}>
            Clear filters
          </ButtonLink>
        ) : null}
        {sees ? (
          <label className="flex min-h-8 items-center gap-2 text-sm font-medium">
            <input type="checkbox" name="everyone" value="1" defaultChecked={shown.everyone === "1"} className="size-4" />
            Everyone's activity
          </label>
        ) : null}
      </div>
    </Form>
  );
}

const RARE: readonly FilterName[] = ["kind", "event", "run", "from", "to", "grant", "connection"];

function More({ shown }: { readonly shown: Shown }) {
  return (
    <Disclosure summary="More filters" open={RARE.some((name) => shown[name])}>
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
        <Choice
          label="Kind"
          name="kind"
          shown={shown}
          any="Changes and uses"
          options={[
            ["use", "Uses"],
            ["change", "Changes"],
          ]}
        />
        <Choice label="Event" name="event" shown={shown} any="Any event" options={Object.entries(EVENT_WORDS)} />
        <TextField label="Run id" name="run" defaultValue={shown.run} />
        <TextField label="From (UTC)" name="from" type="date" defaultValue={shown.from?.slice(0, 10)} />
        <TextField label="To (UTC)" name="to" type="date" defaultValue={shown.to?.slice(0, 10)} />
        <TextField label="Grant id" name="grant" defaultValue={shown.grant} />
        <TextField label="Connection id" name="connection" defaultValue={shown.connection} />
      </div>
    </Disclosure>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: FilterName;
  readonly shown: Shown;
  readonly any: string;
  readonly options: readonly (readonly [value: string, words: string])[];
}

function Choice({ label, name, shown, any, options }: ChoiceProps) {
  return (
    <SelectField label={label} name={name} defaultValue={shown[name] ?? ""}>
      <option value="">{any}</option>
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </SelectField>
  );
}

/** The agents a reader can have rows of: their own, and those they lent to. */
async function knownAgents(ctx: PersonCtx): Promise<[string, string][]> {
  if (ctx.actor.role !== "member") return (await listAgents(ctx, { scope: "all" })).map((one) => [one.id, one.name]);
  const [mine, grants] = await Promise.all([listAgents(ctx, { scope: "mine" }), listGrants(ctx)]);
  return [
    ...new Map([...mine.map((one) => [one.id, one.name] as const), ...grants.map((grant) => [grant.agentId, grant.agentName] as const)]),
  ];
}
