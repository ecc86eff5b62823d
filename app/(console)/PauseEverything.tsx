import { Confirm } from "@/app/_ui/Confirm";
import { listInWords, plural } from "@/app/_ui/words";
import type { LiveGrant } from "@/lib/grants/actAsMe";
import { pauseAll } from "./lendingActions";

/** Stops every agent that acts as this person, after saying in numbers what that is. */
export function PauseEverything({ live }: { readonly live: readonly LiveGrant[] }) {
  const agents = new Set(live.map(({ agentId }) => agentId)).size;
  const places = [...new Set(live.map(({ connectorName }) => connectorName))].sort();
  return (
    <Confirm trigger="Pause everything" title="Pause all that you lend?" confirm="Yes, pause everything" action={pauseAll}>
      <p>
        {plural(agents, "agent")} with {plural(live.length, "live grant")} at {listInWords(places)}: the very next call of any of them is
        refused. Tokens that a service made for them are ended there, where the service can do that.
      </p>
      <p>Nothing is revoked. Grants run out meanwhile, and what is left goes on when you resume.</p>
    </Confirm>
  );
}
