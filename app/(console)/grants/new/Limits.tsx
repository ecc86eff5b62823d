import { TextField } from "@/app/_ui/Field";
import type { DraftBounds } from "./draftBounds";

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
