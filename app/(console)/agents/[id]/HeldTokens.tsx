import { Notice } from "@/app/_ui/Notice";
import type { LentTokenReport } from "@/lib/connections/lentTokens";

/** What a stopped agent still has in hand: tokens that their service did not end. Silent when there are none. */
export function HeldTokens({ tokens }: { readonly tokens: readonly LentTokenReport[] }) {
  if (tokens.length === 0) return null;
  return (
    <Notice tone="danger" title={tokens.length === 1 ? "One token could not be ended" : `${tokens.length} tokens could not be ended`}>
      The agent is stopped here, and the service itself still takes what it was handed:
      <ul className="mt-1 grid gap-0.5">
        {tokens.map((token) => (
          <li key={token.id}>{token.sentence}</li>
        ))}
      </ul>
    </Notice>
  );
}
