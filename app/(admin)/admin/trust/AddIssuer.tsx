import { ActionForm } from "@/app/_ui/ActionForm";
import { Card } from "@/app/_ui/Card";
import { Disclosure } from "@/app/_ui/Disclosure";
import { SelectField, TextArea, TextField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { SOURCES } from "@/lib/trust/issuer";
import { ISSUER_KINDS, type IssuerKind } from "@/lib/trust/rules";
import { trust } from "./actions";
import { KINDS, SOURCE_WORDS } from "./kinds";

/** A form per kind: what is asked for differs, and so does what has to be explained. */
export function AddIssuer() {
  return (
    <Card>
      <ul className="divide-y">
        {ISSUER_KINDS.map((kind) => (
          <li key={kind} className="px-4 py-row">
            <Disclosure summary={KINDS[kind].name}>
              <IssuerForm kind={kind} />
            </Disclosure>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function IssuerForm({ kind }: { readonly kind: IssuerKind }) {
  const { name, about, issuer } = KINDS[kind];
  return (
    <ActionForm action={trust} hidden={{ kind }} className="grid gap-4 pb-2" label={`Trust ${name}`}>
      <p className="text-sm text-muted">{about}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Name" name="name" required defaultValue={kind === "oidc" || kind === "spiffe" ? "" : name} autoComplete="off" />
        <TextField
          label={issuer.label}
          name="issuer"
          required
          defaultValue={issuer.usual}
          autoComplete="off"
          spellCheck={false}
          hint={issuer.hint}
        />
      </div>
      <SelectField label="Its public keys" name="keysFrom">
        {SOURCES[kind].map((source) => (
          <option key={source} value={source}>
            {SOURCE_WORDS[source]}
          </option>
        ))}
      </SelectField>
      <TextField
        label={SOURCES[kind].includes("file") ? "Address or path" : "Address"}
        name="keysAt"
        optional
        autoComplete="off"
        spellCheck={false}
        hint={
          SOURCES[kind].includes("file")
            ? "An https address, or an absolute path, for keys that are fetched or read."
            : "https, for keys that are fetched."
        }
      />
      <TextArea
        label={kind === "spiffe" ? "Pasted bundle" : "Pasted keys"}
        name="keys"
        optional
        spellCheck={false}
        hint='A JSON Web Key Set: {"keys": [...]}. Public keys only.'
      />
      {kind === "spiffe" ? null : (
        <TextField
          label="Audience"
          name="audience"
          optional
          autoComplete="off"
          spellCheck={false}
          hint="What its tokens are made for. Empty: this Valet's address, which is best."
        />
      )}
      <div className="flex items-center justify-end gap-3">
        <Saved words="Trusted" />
        <SubmitButton look="secondary">Trust it</SubmitButton>
      </div>
    </ActionForm>
  );
}
