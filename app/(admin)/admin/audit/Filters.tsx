import { ListFilter } from "lucide-react";
import Form from "next/form";
import { readForPage } from "@/app/_server/read";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { Disclosure } from "@/app/_ui/Disclosure";
import { SelectField, TextField } from "@/app/_ui/Field";
import { beginOf, endOf } from "@/lib/activity/address";
import { listAgents } from "@/lib/agents/list";
import type { PersonCtx } from "@/lib/ctx";
import { choosePeople } from "@/lib/people/choose";
import { type AuditShown, auditPath } from "./address";

type Options = readonly (readonly [value: string, words: string])[];

const SINCE: Options = [
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
];
const DECISION: Options = [
  ["allowed", "Done"],
  ["refused", "Refused"],
];

/** A form that only fills the address: every filter can be shared, and back is always right. */
export async function Filters({ ctx, shown }: { readonly ctx: PersonCtx; readonly shown: AuditShown }) {
  const [people, agents] = await readForPage(() => Promise.all([choosePeople(ctx), listAgents(ctx, { scope: "all" })]));
  const { about, ...set } = shown;
  return (
    <Form key={JSON.stringify(shown)} action="/admin/audit" aria-label="Filters" className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {about ? <input type="hidden" name="about" value={about} /> : null}
      <div className="grid grid-cols-2 gap-3 md:grid-cols-4">
        <SelectField label="Changed by" name="by" defaultValue={shown.by ?? ""}>
          <option value="">Anybody</option>
          <option value="valet">Valet itself</option>
          <optgroup label="People">
            {people.map(({ id, name, email }) => (
              <option key={id} value={id}>
                {name} ({email})
              </option>
            ))}
          </optgroup>
          <optgroup label="Agents">
            {agents.map(({ id, name, ownerName }) => (
              <option key={id} value={id}>
                {name} ({ownerName})
              </option>
            ))}
          </optgroup>
        </SelectField>
        <TextField
          label="Find"
          name="text"
          type="search"
          maxLength={100}
          placeholder="Part of what was changed"
          autoComplete="off"
          defaultValue={shown.text}
          data-filter=""
        />
        <Choice label="Decision" name="decision" value={shown.decision} any="Either" options={DECISION} />
        <Choice label="Time" name="since" value={shown.since} any={shown.from || shown.to ? "As chosen" : "Any time"} options={SINCE} />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <button type="submit" className={buttonClass("secondary")}>
          <ListFilter aria-hidden="true" />
          Filter
        </button>
        {Object.keys(set).length > 0 ? (
          <ButtonLink look="quiet" href={auditPath(about ? { about } : {})}>
            Clear
          </ButtonLink>
        ) : null}
        {/* Beside the button while it is shut, above it and as wide as the form when it is open. */}
        <div className="min-w-0 has-[[open]]:order-first has-[[open]]:basis-full">
          <Disclosure summary="From and to" open={Boolean(shown.from || shown.to)}>
            <div className="grid gap-3 sm:grid-cols-2 md:max-w-xl">
              <Moment label="From (UTC)" name="from" value={shown.from && beginOf(shown.from)} />
              <Moment label="To (UTC)" name="to" value={shown.to && endOf(shown.to)} />
            </div>
          </Disclosure>
        </div>
      </div>
    </Form>
  );
}

function Moment({ label, name, value }: { readonly label: string; readonly name: string; readonly value: Date | "" | undefined }) {
  return (
    <div className="min-w-0">
      <TextField
        label={label}
        name={name}
        type="datetime-local"
        defaultValue={value ? value.toISOString().replace(/(:00)?\.\d+Z$/, "") : undefined}
      />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly value: string | undefined;
  readonly any: string;
  readonly options: Options;
}

function Choice({ label, name, value, any, options }: ChoiceProps) {
  return (
    <SelectField label={label} name={name} defaultValue={value ?? ""}>
      <option value="">{any}</option>
      {options.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </SelectField>
  );
}
