"use client";

import Link from "next/link";
import { ActionForm } from "@/app/_ui/ActionForm";
import { Confirm } from "@/app/_ui/Confirm";
import { TextField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { plural } from "@/app/_ui/words";
import type { OwnedAgent } from "@/lib/people/leaving";
import { changeRole, endSessions, handOver, letBackIn, remove, suspend } from "./actions";
import { RoleField } from "./RoleField";

interface Props {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly role: string;
    readonly status: string;
    readonly owned: readonly OwnedAgent[];
    readonly connections: number;
    readonly liveGrants: number;
  };
  /** By name, where the page has read them. */
  readonly accounts?: readonly NamedAccount[];
  readonly grants?: readonly (NamedAccount & { readonly agentName: string })[];
  readonly apiTokens?: number;
}

interface NamedAccount {
  readonly id: string;
  readonly connectorName: string;
  readonly accountName: string;
}

/** What an admin can do about one person. What cannot be taken back says first what it stops. */
export function ManagePerson({ person, accounts = [], grants = [], apiTokens = 0 }: Props) {
  const { id: personId, name, role, status, owned, connections, liveGrants } = person;
  const hidden = { personId };
  const stopping = owned.filter(isAlone).length;
  if (status === "removed") return <BackIn personId={personId} />;
  return (
    <div className="flex flex-wrap items-end gap-x-3 gap-y-4">
      <ActionForm action={changeRole} hidden={hidden} className="flex flex-wrap items-end gap-2">
        <RoleField role={role} />
        <SubmitButton look="secondary" className="min-h-9">
          Change role
        </SubmitButton>
        <Saved words="Changed" />
      </ActionForm>
      <Confirm
        trigger="End sessions"
        look="secondary"
        confirm="Yes, end them"
        title={`End every session of ${name}?`}
        action={endSessions}
        hidden={hidden}
      >
        <p>{name} has to sign in again everywhere. Their agents go on.</p>
      </Confirm>
      {owned.length > 0 ? (
        <ActionForm action={handOver} hidden={hidden} className="flex flex-wrap items-end gap-2">
          <TextField
            label={`Hand ${owned.length === 1 ? "their agent" : `their ${owned.length} agents`} to`}
            name="to"
            type="email"
            placeholder="E-mail"
          />
          <SubmitButton look="secondary" className="min-h-9">
            Hand over
          </SubmitButton>
          <Saved words="Handed over" />
        </ActionForm>
      ) : null}
      {status === "suspended" ? (
        <BackIn personId={personId} />
      ) : (
        <Confirm trigger="Suspend" confirm="Yes, suspend" title={`Suspend ${name}?`} action={suspend} hidden={hidden}>
          <p>
            {name} is out with the next request. {plural(stopping, "agent")} of theirs and {plural(liveGrants, "grant")} give nothing until
            they are let back in.
          </p>
          <Left owned={owned} />
        </Confirm>
      )}
      <Confirm trigger="Remove" confirm="Yes, remove" title={`Remove ${name}?`} action={remove} hidden={hidden}>
        <p>
          {plural(liveGrants, "live grant")} {liveGrants === 1 ? "ends" : "end"} at once, {plural(connections, "account")}{" "}
          {connections === 1 ? "is" : "are"} disconnected, and {plural(stopping, "agent")} {stopping === 1 ? "stops" : "stop"}. This cannot
          be undone.
        </p>
        <Left owned={owned} />
        <Ends grants={grants} accounts={accounts} apiTokens={apiTokens} />
        {grants.length + accounts.length === 0 && liveGrants + connections > 0 ? (
          <p>
            <Link href={`/admin/people/${personId}`} className="prose-link">
              See each by name
            </Link>{" "}
            first.
          </p>
        ) : null}
        <p>Each account is also ended at its service where the service can do that; what it did stands on the account's page.</p>
      </Confirm>
    </div>
  );
}

const ENDS_SHOWN = 12;

/** What ends with them, by name: grants, accounts, API tokens. */
function Ends({ grants, accounts, apiTokens }: Required<Pick<Props, "grants" | "accounts" | "apiTokens">>) {
  const lines = [
    ...grants.map((one) => `${one.agentName} loses ${one.connectorName}, ${one.accountName}.`),
    ...accounts.map((one) => `${one.connectorName}, ${one.accountName} is disconnected.`),
    ...(apiTokens > 0 ? [`${plural(apiTokens, "API token")} of theirs ${apiTokens === 1 ? "ends" : "end"}.`] : []),
  ];
  if (lines.length === 0) return null;
  return (
    <ul className="grid list-disc gap-0.5 pl-5 break-words">
      {lines.slice(0, ENDS_SHOWN).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two grants may read the same, and the list never moves
        <li key={index}>{line}</li>
      ))}
      {lines.length > ENDS_SHOWN ? <li>And {lines.length - ENDS_SHOWN} more, which the page names.</li> : null}
    </ul>
  );
}

/** The agents that nobody would answer for, and those that go on with their other owner. */
function Left({ owned }: { readonly owned: readonly OwnedAgent[] }) {
  if (owned.length === 0) return null;
  const alone = owned.filter(isAlone);
  const kept = owned.filter((agent) => !isAlone(agent));
  return (
    <ul className="grid list-disc gap-0.5 pl-5">
      {alone.map((agent) => (
        <li key={agent.id}>
          <span className="font-medium text-ink">{agent.name}</span> stops: nobody else owns it.
        </li>
      ))}
      {kept.map((agent) => (
        <li key={agent.id}>
          <span className="font-medium text-ink">{agent.name}</span> goes on with {agent.goesOnWith}.
        </li>
      ))}
    </ul>
  );
}

function isAlone(agent: OwnedAgent): boolean {
  return agent.goesOnWith === null;
}

function BackIn({ personId }: { readonly personId: string }) {
  return (
    <ActionForm action={letBackIn} hidden={{ personId }}>
      <SubmitButton look="secondary">Let back in</SubmitButton>
    </ActionForm>
  );
}
