import { ExternalLink } from "lucide-react";
import { ActionForm } from "@/app/_ui/ActionForm";
import { Card } from "@/app/_ui/Card";
import { CopyButton } from "@/app/_ui/CopyButton";
import { Disclosure } from "@/app/_ui/Disclosure";
import { TextField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { Status } from "@/app/_ui/Status";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { Tile } from "@/app/_ui/Tile";
import type { ConnectorStatus } from "@/lib/setups/list";
import { setUp } from "./actions";
import { Ceiling } from "./Ceiling";
import { CreateGithubApp } from "./CreateGithubApp";
import { ReadClient } from "./ReadClient";
import { SlackManifest } from "./SlackManifest";
import { TestSetUp } from "./TestSetUp";

export function SetUpCard({
  connector,
  admin,
  open,
  now,
}: {
  readonly connector: ConnectorStatus;
  readonly admin: boolean;
  readonly open: boolean;
  readonly now: Date;
}) {
  const { name, summary, tile, enabled, docsUrl, redirectUri } = connector;
  return (
    <Card>
      <div className="flex items-start gap-3 border-b p-4">
        <Tile {...tile} />
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">{name}</h2>
          <p className="text-sm text-muted">{summary}</p>
        </div>
        <Status state={enabled ? "enabled" : "disabled"} />
      </div>
      <div className="px-4 py-3">
        <Disclosure summary={`Set up ${name}`} open={open}>
          <div className="grid gap-4 pb-1">
            <div className="grid gap-1">
              <p className="flex flex-wrap justify-between gap-x-3 text-sm">
                <span className="font-medium">Redirect URI</span>
                <a href={docsUrl} rel="noreferrer" target="_blank" className="prose-link inline-flex items-center gap-1 text-muted">
                  Where to register it
                  <ExternalLink className="size-3.5" aria-hidden="true" />
                  <span className="sr-only">for {name}, opens a new tab</span>
                </a>
              </p>
              <div className="flex flex-wrap items-center gap-2">
                <code className="min-w-0 flex-1 basis-56 rounded-md border bg-sunken px-2.5 py-1.5 font-mono text-xs break-all">
                  {redirectUri}
                </code>
                <CopyButton text={redirectUri} what={`the redirect URI of ${name}`} />
              </div>
            </div>
            {admin ? <SlackManifest connector={connector} /> : null}
            {admin ? <CreateGithubApp connector={connector} /> : null}
            {admin ? <SetUpForm connector={connector} /> : null}
            {admin && connector.clientId !== null ? <TestSetUp connector={connector} now={now} /> : null}
          </div>
        </Disclosure>
      </div>
    </Card>
  );
}

function SetUpForm({ connector }: { readonly connector: ConnectorStatus }) {
  const { id, name, clientId, enabled, tenant } = connector;
  return (
    <ActionForm action={setUp} hidden={{ connector: id }} className="grid gap-4" label={`Set up ${name}`}>
      {tenant ? (
        <TextField
          label={tenant.label}
          name="tenant"
          required
          defaultValue={tenant.value ?? ""}
          autoComplete="off"
          spellCheck={false}
          hint={`For example ${tenant.example}`}
        />
      ) : null}
      <TextField label="Client id" name="clientId" required defaultValue={clientId ?? ""} autoComplete="off" spellCheck={false} />
      <TextField
        label="Client secret"
        name="clientSecret"
        type="password"
        required={clientId === null}
        autoComplete="new-password"
        hint={clientId === null ? "Sealed when saved. Nobody can read it again." : "One is kept. Leave this empty to keep it."}
      />
      {connector.setUp ? <ReadClient name={name} details={connector.setUp} /> : null}
      {connector.setUp ? <Ceiling details={connector.setUp} /> : null}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <label className="flex min-h-8 items-center gap-2 font-medium">
          <input type="checkbox" name="enabled" defaultChecked={clientId === null || enabled} className="size-4" />
          People can connect it
        </label>
        <div className="flex items-center gap-3">
          <Saved />
          <SubmitButton look="secondary">Save {name}</SubmitButton>
        </div>
      </div>
    </ActionForm>
  );
}
