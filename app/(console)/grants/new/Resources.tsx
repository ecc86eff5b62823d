import type { ConnectionSummary, ResourceKindSummary } from "@/lib/connections/list";
import { RESOURCES_MAX } from "@/lib/policy/bounds";
import { Chooser } from "./Chooser";
import { type DraftBounds, fieldOf, isKeptTo, namesOfKind, whereOf } from "./draftBounds";
import { capital, nounOf } from "./kindWords";

interface Props {
  readonly connection: Pick<ConnectionSummary, "id" | "connectorName" | "resourceKinds">;
  readonly bounds: DraftBounds;
}

/** Of each kind: all, or only those that are chosen. Shown and hidden by the choice itself, so it needs no script. */
export function Resources({ connection, bounds }: Props) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {connection.resourceKinds.map((kind) => (
        <fieldset key={kind.id} className="group grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3">
          <legend className="sr-only">{capital(nounOf(kind.label))}</legend>
          <div className="flex flex-wrap gap-2">
            <Where kind={kind} value="all" chosen={!isKeptTo(bounds, kind.id)}>
              All {nounOf(kind.label)}
            </Where>
            <Where kind={kind} value="only" chosen={isKeptTo(bounds, kind.id)}>
              Only selected
            </Where>
          </div>
          <div className="hidden group-has-[input[value=only]:checked]:block">
            <Chooser
              connectionId={connection.id}
              connectorName={connection.connectorName}
              kind={kind}
              field={fieldOf(kind.id)}
              begin={namesOfKind(bounds, kind.id)}
              most={RESOURCES_MAX}
            />
          </div>
        </fieldset>
      ))}
    </div>
  );
}

interface WhereProps {
  readonly kind: ResourceKindSummary;
  readonly value: "all" | "only";
  readonly chosen: boolean;
  readonly children: React.ReactNode;
}

function Where({ kind, value, chosen, children }: WhereProps) {
  return (
    <label className="flex min-h-9 items-center gap-2 rounded-lg border bg-surface px-3 py-1.5 hover:border-line-strong has-checked:border-ink has-checked:ring-1 has-checked:ring-ink max-md:min-h-11">
      <input type="radio" name={whereOf(kind.id)} value={value} defaultChecked={chosen} className="size-4" />
      <span>{children}</span>
    </label>
  );
}
