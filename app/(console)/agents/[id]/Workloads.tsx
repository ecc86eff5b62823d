import { Card, Section } from "@/app/_ui/Card";
import { Conditions } from "@/app/_ui/Conditions";
import { When } from "@/app/_ui/When";
import type { TrustRule } from "@/lib/agents/listTrustRules";

/** Which workloads prove this agent by their own tokens. An admin sets that, so here it can only be read. */
export function Workloads({ rules, now }: { readonly rules: readonly TrustRule[]; readonly now: Date }) {
  if (rules.length === 0) return null;
  return (
    <Section
      id="workloads"
      title="Workloads"
      lead="They prove this agent by their platform's token, without a secret. An admin says which."
    >
      <Card>
        <ul className="divide-y">
          {rules.map((rule) => (
            <li key={rule.credentialId} className="grid grid-cols-[minmax(0,1fr)] gap-1 px-4 py-row">
              <p className="flex flex-wrap justify-between gap-x-4">
                <span className="font-medium break-words">
                  {rule.name}, by {rule.issuerName}
                  {rule.issuerDisabled ? " (switched off)" : ""}
                </span>
                <span className="text-sm text-muted">
                  used <When at={rule.lastUsedAt} now={now} />
                </span>
              </p>
              <Conditions list={rule.conditions} warnings={[]} />
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}
