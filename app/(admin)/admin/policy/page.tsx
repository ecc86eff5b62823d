import type { Metadata } from "next";
import Link from "next/link";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Card, Section } from "@/app/_ui/Card";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { Who } from "@/app/_ui/Who";
import { plural } from "@/app/_ui/words";
import { readSecretsPolicy, type SecretsPolicy } from "@/lib/agents/secretsPolicy";
import { listSigningKeys, type SigningKeyView } from "@/lib/signing/list";
import { AllowSecrets, BanSecrets, RotateKey } from "./buttons";

export const metadata: Metadata = { title: "Policy" };

export default async function PolicyPage() {
  const ctx = await requirePerson();
  const [policy, keys] = await readForPage(() => Promise.all([readSecretsPolicy(ctx), listSigningKeys(ctx)]));
  const admin = ctx.actor.role === "admin";
  return (
    <>
      <PageHeader title="Policy" lead="What holds for every agent here, and the keys that sign Valet's own tokens." />
      {admin ? null : <Notice>Only an admin can change these.</Notice>}
      <Section
        id="secrets"
        title="Secrets of agents"
        lead="A key of its own cannot be copied from Valet, from a log or from a chat. A secret can."
      >
        <Secrets policy={policy} admin={admin} />
      </Section>
      <Section
        id="signing"
        title="Signing keys"
        lead="The next one is published ten minutes before it signs, the one before until its last token has ended. Rotated after 90 days."
        actions={admin && !keys.some(({ state }) => state === "next") ? <RotateKey /> : null}
      >
        <SigningKeys keys={keys} now={ctx.clock.now()} />
      </Section>
    </>
  );
}

function Secrets({ policy, admin }: { readonly policy: SecretsPolicy; readonly admin: boolean }) {
  const { secretsBanned, provedBySecretsAlone: alone } = policy;
  return (
    <Card className="grid gap-3 p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="font-medium">
          {secretsBanned ? "Secrets are banned: keys and workloads alone prove an agent." : "Secrets are allowed."}
        </p>
        {admin ? secretsBanned ? <AllowSecrets /> : <BanSecrets stranded={alone.length} /> : null}
      </div>
      <p className="text-muted">{consequence(secretsBanned, alone.length)}</p>
      {alone.length > 0 ? (
        <ul className="divide-y border-t">
          {alone.map(({ id, name, ownerName }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
              <Link
                href={`/agents/${id}?tab=credentials#proofs`}
                className="min-w-0 flex-1 basis-40 rounded font-medium break-words hover:underline"
              >
                {name}
              </Link>
              <Who kind="person" name={ownerName} />
            </li>
          ))}
        </ul>
      ) : null}
    </Card>
  );
}

function consequence(banned: boolean, alone: number): string {
  if (alone === 0) return banned ? "Every agent has another credential." : "With a ban every agent could still prove itself.";
  const [agents, itself, they] = alone === 1 ? ["one agent", "itself", "it is"] : [plural(alone, "agent"), "themselves", "they are"];
  const until = `prove ${itself} until ${they} given a key:`;
  return banned ? `${agents[0]?.toUpperCase()}${agents.slice(1)} cannot ${until}` : `With a ban ${agents} could not ${until}`;
}

function SigningKeys({ keys, now }: { readonly keys: readonly SigningKeyView[]; readonly now: Date }) {
  return (
    <Card>
      <ul className="divide-y">
        {keys.map((key) => (
          <li key={key.kid} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
            <span className="min-w-0 flex-1 basis-56 font-mono text-xs break-all">{key.kid}</span>
            <State state={key.state} />
            <p className="text-sm text-muted sm:w-56">
              {key.algorithm}, signs from <When at={key.activeFrom} now={now} />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function State({ state }: { readonly state: SigningKeyView["state"] }) {
  switch (state) {
    case "current":
      return <Status state="live" word="Signs" />;
    case "next":
      return <Status state="enabled" word="Next" />;
    case "previous":
      return <Status state="ended" word="Still published" />;
    case "retired":
      return <Status state="removed" word="Retired" />;
  }
}
