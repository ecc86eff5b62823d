import { Search } from "lucide-react";
import Form from "next/form";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { SelectField, TextField } from "@/app/_ui/Field";
import { type DirectoryFilter, STANDINGS } from "@/lib/agents/directory";
import { findConnector } from "@/lib/connectors/registry";
import { filterHref, STANDING_WORDS } from "./filter";

interface Props {
  readonly filter: DirectoryFilter;
  readonly connectors: readonly string[];
}

/** A form that only fills the address. */
export function Filters({ filter, connectors }: Props) {
  const { scope, part, standing, connector, text } = filter;
  const offered = connector && !connectors.includes(connector) ? [...connectors, connector] : connectors;
  return (
    <Form key={filterHref(filter)} action={filterHref({ scope })} aria-label="Filters" className="flex flex-wrap items-end gap-3">
      {part ? <input type="hidden" name="part" value={part} /> : null}
      <div className="min-w-0 flex-1 basis-56">
        <TextField label="Name, purpose or owner" name="q" type="search" maxLength={100} defaultValue={text} autoComplete="off" />
      </div>
      <div className="min-w-0 flex-1 basis-36 sm:max-w-48">
        <SelectField label="Status" name="status" defaultValue={standing ?? ""}>
          <option value="">Any</option>
          {STANDINGS.map((one) => (
            <option key={one} value={one}>
              {STANDING_WORDS[one]}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="min-w-0 flex-1 basis-36 sm:max-w-48">
        <SelectField label="Can reach" name="connector" defaultValue={connector ?? ""}>
          <option value="">Any service</option>
          {offered.map((id) => (
            <option key={id} value={id}>
              {findConnector(id)?.name ?? id}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="flex min-h-9 flex-wrap items-center gap-2">
        <button type="submit" className={buttonClass("secondary")}>
          <Search aria-hidden="true" />
          Filter
        </button>
        {standing || connector || text ? (
          <ButtonLink look="quiet" href={filterHref({ scope, part })}>
            Clear filters
          </ButtonLink>
        ) : null}
      </div>
    </Form>
  );
}
