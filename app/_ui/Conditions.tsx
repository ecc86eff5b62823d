import { type Condition, conditionText } from "@/lib/trust/rules";

interface Props {
  readonly list: readonly Condition[];
  readonly warnings: readonly string[];
}

/** What a workload's token must say, a line per claim, and what makes it wide. */
export function Conditions({ list, warnings }: Props) {
  return (
    <div className="grid gap-1 text-sm">
      <ul className="grid gap-0.5">
        {list.map((one) => (
          <li key={one.claim} className="font-mono text-xs break-all text-muted">
            {one.claim} = {conditionText(one)}
          </li>
        ))}
      </ul>
      {warnings.map((warning) => (
        <p key={warning} className="text-warn">
          {warning}
        </p>
      ))}
    </div>
  );
}
