import { TextArea, TextField } from "@/app/_ui/Field";
import type { ConnectionSummary } from "@/lib/connections/list";
import { type DraftBounds, fieldOf, namesOfKind } from "./draftBounds";

interface Props {
  readonly kinds: ConnectionSummary["resourceKinds"];
  readonly bounds: DraftBounds;
}

/** What narrows a grant beyond its permissions. All of it may be left empty. */
export function Limits({ kinds, bounds }: Props) {
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
          hint="One per line. Calls that name none of them are refused."
        />
      ))}
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
    </div>
  );
}
