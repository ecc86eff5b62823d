import { ListFilter } from "lucide-react";
import Form from "next/form";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { SelectField, TextField } from "@/app/_ui/Field";
import { isFiltered, pathOf, type Shown } from "./address";

const ROLES = [
  ["member", "Members"],
  ["auditor", "Auditors"],
  ["admin", "Admins"],
] as const;
const HAVE = [
  ["agents", "Owns agents"],
  ["grants", "Has live grants"],
] as const;

/** A form that only fills the address: every filter can be shared, and back is always right. */
export function Filters({ shown }: { readonly shown: Shown }) {
  return (
    <Form
      key={JSON.stringify(shown)}
      action="/admin/people"
      aria-label="Filters"
      className="grid grid-cols-2 items-end gap-3 md:grid-cols-[minmax(0,1.6fr)_repeat(2,minmax(0,1fr))_auto]"
    >
      {shown.part === "here" ? null : <input type="hidden" name="part" value={shown.part} />}
      <div className="min-w-0 max-md:col-span-2">
        <TextField
          label="Find"
          name="q"
          type="search"
          defaultValue={shown.q}
          maxLength={80}
          placeholder="Name or e-mail"
          autoComplete="off"
          data-filter=""
        />
      </div>
      <Choice label="Role" name="role" value={shown.role} any="Any role" options={ROLES} />
      <Choice label="Has" name="has" value={shown.has} any="Anything" options={HAVE} />
      <div className="col-span-2 flex flex-wrap gap-2 md:col-span-1">
        <button type="submit" className={buttonClass("secondary")}>
          <ListFilter aria-hidden="true" />
          Filter
        </button>
        {isFiltered(shown) ? (
          <ButtonLink look="quiet" href={pathOf({ part: shown.part })}>
            Clear
          </ButtonLink>
        ) : null}
      </div>
    </Form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly value: string | undefined;
  readonly any: string;
  readonly options: readonly (readonly [value: string, words: string])[];
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
