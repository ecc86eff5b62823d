"use client";

import { useState } from "react";
import { ActionForm } from "@/app/_ui/ActionForm";
import { Button, ButtonLink } from "@/app/_ui/Button";
import { Disclosure } from "@/app/_ui/Disclosure";
import { TextField } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { Secret } from "@/app/_ui/Secret";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { register } from "../actions";
import { DownloadEnv } from "../DownloadEnv";
import { tabHref } from "../tabs";

export function RegisterForm({ publicUrl }: { readonly publicUrl: string }) {
  return (
    <div className="max-w-2xl">
      <ActionForm
        action={register}
        className="grid gap-4"
        done={({ agentId, clientId, clientSecret }) => <Registered {...{ agentId, clientId, clientSecret, publicUrl }} />}
      >
        <TextField label="Name" name="name" required maxLength={60} placeholder="Triage bot" autoComplete="off" />
        <TextField
          label="Purpose"
          name="purpose"
          required
          maxLength={280}
          placeholder="Sorts new issues every morning"
          hint="People read this before they lend it anything."
          autoComplete="off"
        />
        <Disclosure summary="Others who answer for it">
          <div className="grid gap-4">
            <TextField
              label="Second owner's e-mail"
              name="secondOwner"
              type="email"
              optional
              hint="May do all that you may. The agent goes on with them when you leave."
              autoComplete="off"
            />
            <TextField
              label="Sponsor's e-mail"
              name="sponsor"
              type="email"
              optional
              hint="Answers for why the agent exists. Sees all of it and changes nothing."
              autoComplete="off"
            />
          </div>
        </Disclosure>
        <div>
          <SubmitButton>Register agent</SubmitButton>
        </div>
      </ActionForm>
    </div>
  );
}

interface RegisteredProps {
  readonly agentId: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly publicUrl: string;
}

/** The secret until it is said to be stored, and from then on only how to tell it apart. */
function Registered({ agentId, clientId, clientSecret, publicUrl }: RegisteredProps) {
  const [stored, setStored] = useState(false);
  if (clientSecret === null) return <WithoutSecret agentId={agentId} />;
  if (stored) return <Next agentId={agentId} mark={`vlt_agt_…${clientSecret.slice(-4)}`} />;
  return (
    <Secret
      title="Store this secret now"
      lines={[
        { label: "Client id", value: clientId },
        { label: "Client secret", value: clientSecret },
        { label: "Valet's address", value: publicUrl },
      ]}
      next={
        <>
          <Button look="primary" onClick={() => setStored(true)}>
            I have stored it
          </Button>
          <DownloadEnv
            name={`${agentId}.env`}
            lines={[`VALET_URL=${publicUrl}`, `VALET_CLIENT_ID=${clientId}`, `VALET_CLIENT_SECRET=${clientSecret}`]}
          />
        </>
      }
    >
      The client secret is shown this once; Valet keeps only a hash of it. Put it where the agent reads its secrets.
    </Secret>
  );
}

function Next({ agentId, mark }: { readonly agentId: string; readonly mark: string }) {
  return (
    <Notice
      tone="ok"
      role="status"
      title="Registered. It can do nothing yet"
      action={
        <span className="flex flex-wrap gap-2">
          <ButtonLink look="primary" href={`/grants/new?agent=${agentId}`}>
            Lend it access
          </ButtonLink>
          <ButtonLink href={`/agents/${agentId}`}>Open the agent</ButtonLink>
        </span>
      }
    >
      Its secret is <code className="font-mono text-sm">{mark}</code>, and is not shown again. If it is lost, make a new one on the agent's
      page.
    </Notice>
  );
}

function WithoutSecret({ agentId }: { readonly agentId: string }) {
  return (
    <Notice
      tone="ok"
      role="status"
      title="Registered, and nothing proves it yet"
      action={
        <ButtonLink look="primary" href={tabHref(agentId, "credentials", "proofs")}>
          Give it a key
        </ButtonLink>
      }
    >
      Secrets are banned on this Valet. The agent proves itself by a key of its own: you give its public half.
    </Notice>
  );
}
