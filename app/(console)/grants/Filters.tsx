import { ListFilter } from "lucide-react";
import Form from "next/form";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { SelectField, TextField } from "@/app/_ui/Field";
import { connectors } from "@/lib/connectors/registry";
import { addressOf, isFiltered, type Shown } from "./search";

interface Props {
  readonly shown: Shown;
  readonly agents: readonly { readonly id: string; readonly name: string }[];
}

const ACCESS = [
  ["read", "Read-only"],
  ["write", "Can write"],
  ["admin", "Can administer"],
] as const;

/** A form that only fills the address: every filter can be shared, and back is always right. */
export function Filters({ shown, agents }: Props) {
  return (
    <Form
      key={JSON.stringify(shown)}
      action="/grants"
      aria-label="Filters"
      className="grid grid-cols-2 items-end gap-3 md:grid-cols-[minmax(0,1.4fr)_repeat(3,minmax(0,1fr))_auto]"
    >
      {shown.state === "over" ? <input type="hidden" name="state" value="over" /> : null}
      {shown.everyone ? <input type="hidden" name="everyone" value="1" /> : null}
      <TextField label="Find" name="q" type="search" defaultValue={shown.q} maxLength={80} placeholder="Agent, account, service" />
      <SelectField label="Agent" name="agent" defaultValue={shown.agent ?? ""}>
        <option value="">Any agent</option>
        {agents.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField label="Service" name="connector" defaultValue={shown.connector ?? ""}>
        <option value="">Any service</option>
        {connectors.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField label="Access" name="access" defaultValue={shown.access ?? ""}>
        <option value="">Any access</option>
        {ACCESS.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </SelectField>
      <div className="col-span-2 flex flex-wrap gap-2 md:col-span-1">
        <button type="submit" className={buttonClass("secondary")}>
          <ListFilter aria-hidden="true" />
          Filter
        </button>
        {isFiltered(shown) ? (
          <ButtonLink look="quiet" href={addressOf({ state: shown.state, everyone: shown.everyone })}>
            Clear
          </ButtonLink>
        ) : null}
      </div>
    </Form>
  );
}
