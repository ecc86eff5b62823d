import { readForPage } from "@/app/_server/read";
import { Card, Section } from "@/app/_ui/Card";
import { Id } from "@/app/_ui/DataList";
import { Disclosure } from "@/app/_ui/Disclosure";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { plural } from "@/app/_ui/words";
import type { PersonCtx } from "@/lib/ctx";
import { listOwnAccess, type OwnAccessView } from "@/lib/platform/ownAccess";
import { listResources } from "@/lib/platform/resources";
import { GiveForm, TakeButton } from "./GiveForm";

/** What an agent may do for itself at services of the house. For whoever sees all of the agent; admins give and take. */
export async function OwnAccess({ ctx, agentId }: { readonly ctx: PersonCtx; readonly agentId: string }) {
  const admin = ctx.actor.role === "admin";
  const [given, resources] = await readForPage(() => Promise.all([listOwnAccess(ctx, { agentId }), admin ? listResources(ctx) : []]));
  if (given.length === 0 && resources.length === 0) return null;
  return (
    <Section
      id="own"
      title="On its own authority"
      lead="Services of the house where it acts as itself. Valet saw these tokens issued, not used."
    >
      {given.length > 0 ? (
        <Card>
          <ul className="divide-y">
            {given.map((one) => (
              <Given key={one.id} access={one} now={ctx.clock.now()} admin={admin} />
            ))}
          </ul>
        </Card>
      ) : (
        <p className="text-muted">Nothing.</p>
      )}
      {resources.length > 0 ? (
        <Disclosure summary="Give it access">
          <GiveForm agentId={agentId} resources={resources.map(({ id, name }) => ({ id, name }))} />
        </Disclosure>
      ) : null}
    </Section>
  );
}

function Given({ access, now, admin }: { readonly access: OwnAccessView; readonly now: Date; readonly admin: boolean }) {
  const { id, agentId, resource, resourceName, scopes, state, expiresAt, issued, lastIssuedAt } = access;
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-4 py-row">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {resourceName} <Status state={state} />
        </p>
        <p>
          <Id>{resource}</Id>
        </p>
        <p className="text-sm break-words text-muted">
          {scopes.join(", ") || "No scopes"}. {plural(issued, "token")} issued, last <When at={lastIssuedAt} now={now} />
          {expiresAt ? (
            <>
              , ends <When at={expiresAt} now={now} />
            </>
          ) : null}
        </p>
      </div>
      {admin && state === "live" ? <TakeButton agentId={agentId} ownAccessId={id} name={resourceName} /> : null}
    </li>
  );
}
