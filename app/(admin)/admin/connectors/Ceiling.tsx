import { Disclosure } from "@/app/_ui/Disclosure";
import { ScopeChoice } from "@/app/_ui/ScopeChoice";
import type { SetUpDetails } from "@/lib/setups/list";

/** The most that people may connect with. Nothing ticked means no ceiling. */
export function Ceiling({ details: { ceiling, ceilingChoices } }: { readonly details: SetUpDetails }) {
  if (ceilingChoices.length === 0) return null;
  const now = ceiling.length === 0 ? "none" : ceiling.length === 1 ? "1 permission" : `${ceiling.length} permissions`;
  return (
    <Disclosure summary={`Ceiling: ${now}`} open={ceiling.length > 0}>
      <div className="grid gap-3">
        <p className="text-sm text-muted">
          The most that people may connect with, and lend. Nothing ticked: no ceiling. A lower ceiling counts from the next use on, also for
          accounts that are connected already.
        </p>
        <ScopeChoice name="ceiling" list={ceilingChoices} ticked={ceiling} />
      </div>
    </Disclosure>
  );
}
