import { FileKey2, KeyRound, Workflow } from "lucide-react";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Card, Section } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { type CredentialView, listCredentials } from "@/lib/agents/listCredentials";
import { secretsBanned } from "@/lib/agents/secretsBanned";
import { AddKey } from "./AddKey";
import { AddSecret } from "./AddSecret";
import { RevokeCredential } from "./RevokeCredential";
import { RotateCredential } from "./RotateCredential";

/** Those that were revoked are in Activity for good; a few stay here so that a rotation is seen. */
const REVOKED_SHOWN = 5;

/** What proves an agent, and for whoever runs it the ways to change that. */
export async function Proofs({ agentId, runs }: { readonly agentId: string; readonly runs: boolean }) {
  const ctx = await requirePerson();
  const [credentials, banned] = await readForPage(() => Promise.all([listCredentials(ctx, { agentId }), secretsBanned(ctx.db)]));
  const revoked = credentials.filter(({ state }) => state === "revoked").slice(0, REVOKED_SHOWN);
  const shown = [...credentials.filter(({ state }) => state !== "revoked"), ...revoked];
  const now = ctx.clock.now();
  return (
    <Section
      id="proofs"
      title="How it proves itself"
      lead="A key of its own is best: Valet has only the public half. Of a secret Valet keeps a hash, so nobody can read it again."
    >
      {shown.length === 0 ? (
        <Empty icon={KeyRound} title="Nothing proves it">
          It cannot ask for anything until it has a credential.
        </Empty>
      ) : (
        <Card>
          <ul className="divide-y">
            {shown.map((credential) => (
              <CredentialRow key={credential.id} agentId={agentId} credential={credential} now={now} runs={runs} banned={banned} />
            ))}
          </ul>
        </Card>
      )}
      {runs ? (
        <div className="grid items-start gap-3 xl:grid-cols-2">
          <AddKey agentId={agentId} audience={ctx.settings.publicUrl} />
          <AddSecret agentId={agentId} banned={banned} />
        </div>
      ) : null}
    </Section>
  );
}

interface RowProps {
  readonly agentId: string;
  readonly credential: CredentialView;
  readonly now: Date;
  readonly runs: boolean;
  readonly banned: boolean;
}

const KINDS = { secret: ["Secret", KeyRound], key: ["Key", FileKey2], workload: ["Workload", Workflow] } as const;

function CredentialRow({ agentId, credential, now, runs, banned }: RowProps) {
  const { id, kind, name, state, expiresAt } = credential;
  const [word, Icon] = KINDS[kind];
  const called = name ? `${word.toLowerCase()} ${name}` : `${word.toLowerCase()} ${markOf(credential)}`;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-row">
      <Icon className="size-4 shrink-0 text-muted" aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium break-words">{name || word}</span>
          <span className="font-mono text-xs text-muted">{markOf(credential)}</span>
          <State state={state} />
        </p>
        <p className="text-sm text-muted">
          Made <When at={credential.createdAt} now={now} />, used <When at={credential.lastUsedAt} now={now} />
          {state === "live" && expiresAt ? (
            <>
              , ends <When at={expiresAt} now={now} />
            </>
          ) : null}
        </p>
      </div>
      {runs && (state === "live" || state === "secrets_banned" || state === "issuer_disabled") ? (
        <RevokeCredential {...{ agentId, called, credentialId: id }} />
      ) : null}
      {runs && kind !== "workload" ? (
        <RotateCredential
          {...{ agentId, kind, credentialId: id }}
          offered={state === "live" && !expiresAt && !(banned && kind === "secret")}
        />
      ) : null}
    </li>
  );
}

/** How one is told from another: the end of a secret, or of a key's thumbprint. */
function markOf({ kind, lastFour, thumbprint, issuerName }: CredentialView): string {
  if (kind === "workload") return issuerName ?? "";
  return kind === "secret" ? `vlt_agt_…${lastFour ?? ""}` : `…${thumbprint?.slice(-8) ?? ""}`;
}

function State({ state }: { readonly state: CredentialView["state"] }) {
  switch (state) {
    case "secrets_banned":
      return <Status state="blocked" word="Banned" />;
    case "issuer_disabled":
      return <Status state="blocked" word="Issuer switched off" />;
    default:
      return <Status state={state} />;
  }
}
