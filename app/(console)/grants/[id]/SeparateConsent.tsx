import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import type { GrantView } from "@/lib/grants/list";
import { ConnectForm } from "../../connections/ConnectForm";

interface Props {
  readonly grant: GrantView;
  /** Whether the reader lent it. */
  readonly mine: boolean;
  readonly over: boolean;
}

/** What there is to know, and to do, about the consent that serves this grant alone. Silent while it does what it should. */
export function SeparateConsent({ grant, mine, over }: Props) {
  const { separateConsent: consent, connectorName, narrowedBy } = grant;
  if (!consent) return null;
  if (over) {
    return <Notice title={`Its own consent at ${connectorName}`}>{consent.note ?? "Valet ends it there within minutes."}</Notice>;
  }
  if (consent.status === "needs_reconnect") {
    return (
      <Notice tone="warn" title={`Its own consent at ${connectorName} needs you`}>
        <p>{consent.note ?? "Its access has ended there."}</p>
        {mine ? (
          <ConnectForm connector={grant.connector} connectorName={connectorName} connectionId={consent.connectionId}>
            <div>
              <SubmitButton look="secondary">Agree at {connectorName} again</SubmitButton>
            </div>
          </ConnectForm>
        ) : null}
      </Notice>
    );
  }
  if (narrowedBy !== "gateway") return null;
  return (
    <Notice tone="warn" title={`Its own consent at ${connectorName} is wider than this grant`}>
      So Valet&apos;s gateway holds the agent to it, and the agent never gets a token of it.
    </Notice>
  );
}
