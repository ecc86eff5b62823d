import { TextArea, TextField } from "@/app/_ui/Field";
import type { ConnectionSummary } from "@/lib/connections/list";
import { type DraftBounds, fieldOf, namesOfKind } from "./draftBounds";

interface ResourcesProps {
  readonly kinds: ConnectionSummary["resourceKinds"];
  readonly bounds: DraftBounds;
}

/** All of them, or only those that are named. */
export function Resources({ kinds, bounds }: ResourcesProps) {
  return (
    <div className="grid gap-4">
      {kinds.map((kind) => (
        <TextArea
          key={kind.id}
          label={kind.label}
          name={fieldOf(kind.id)}
          optional
          defaultValue={namesOfKind(bounds, kind.id)}
          placeholder={kind.example}
          hint={`Leave it empty for all. One per line, written as ${kind.example}.`}
        />
      ))}
    </div>
  );
}

/** How much, at most. Both may be left empty. */
export function Limits({ bounds }: { readonly bounds: DraftBounds }) {
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <TextField
        label="Most calls in an hour"
        name="callsPerHour"
        type="number"
        inputMode="numeric"
        min={1}
        optional
        defaultValue={bounds.callsPerHour}
      />
      <TextField
        label="Most changes in one run"
        name="writesPerRun"
        type="number"
        inputMode="numeric"
        min={0}
        optional
        defaultValue={bounds.writesPerRun}
        hint="The agent says where a run begins."
      />
    </div>
  );
}
