import { Card, Section } from "@/app/_ui/Card";
import { Notice } from "@/app/_ui/Notice";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import type { LentTokenReport } from "@/lib/connections/lentTokens";

interface Props {
  readonly tokens: readonly LentTokenReport[];
  /** Whether the grant itself has ended. */
  readonly over: boolean;
  readonly connectorName: string;
  readonly now: Date;
}

/** The service's own tokens that this grant led to, and what is true of each right now. Silent when there were none. */
export function LentTokens({ tokens, over, connectorName, now }: Props) {
  const handed = tokens.filter((token) => token.handed);
  if (handed.length === 0) return null;
  const alive = handed.filter((token) => token.state !== "ended" && token.expiresAt > now);
  return (
    <Section
      id="tokens"
      title="Tokens the agent was handed"
      lead={`Short tokens made by ${connectorName} itself. Valet does not see each call made with one.`}
    >
      {over ? <Afterwards alive={alive.length} connectorName={connectorName} /> : null}
      <Card>
        <ul className="divide-y">
          {handed.map((token) => (
            <li key={token.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
              <Status state={token.state === "alive" && !over ? "live" : token.state} />
              <span className="min-w-0 flex-1 basis-60">{token.sentence}</span>
              {token.state === "ended" ? null : (
                <span className="text-sm text-muted">
                  {token.expiresAt > now ? "ends " : "ended "}
                  <When at={token.expiresAt} now={now} />
                </span>
              )}
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

function Afterwards({ alive, connectorName }: { readonly alive: number; readonly connectorName: string }) {
  if (alive === 0) {
    return (
      <Notice tone="ok" title="None of them works any more">
        What the agent was handed has ended at {connectorName}.
      </Notice>
    );
  }
  return (
    <Notice tone="warn" title={alive === 1 ? "One of them still works" : `${alive} of them still work`}>
      {connectorName} did not end {alive === 1 ? "it" : "them"} when asked, or cannot. Below is until when.
    </Notice>
  );
}
