import { Disclosure } from "@/app/_ui/Disclosure";
import { TextField } from "@/app/_ui/Field";
import type { SetUpDetails } from "@/lib/setups/list";

/** Fields for the second client, where one is of use. */
export function ReadClient({ name, details }: { readonly name: string; readonly details: SetUpDetails }) {
  const { readRegistration, readClientId } = details;
  if (!readRegistration) return null;
  return (
    <Disclosure summary="Second, read-only app" open={readClientId !== null}>
      <div className="grid gap-4">
        <p className="text-sm text-muted">
          {name} gives every consent to one app the same permissions. With a second app that is registered for reading only, {name} itself
          can hold an agent to reading. Register the same redirect URI for it.
        </p>
        <TextField
          label="Read-only client id"
          name="readClientId"
          defaultValue={readClientId ?? ""}
          autoComplete="off"
          spellCheck={false}
          hint="Empty: there is none. Grants that were made with it then stop."
        />
        <TextField
          label="Read-only client secret"
          name="readClientSecret"
          type="password"
          autoComplete="new-password"
          hint={readClientId === null ? "Sealed when saved. Nobody can read it again." : "One is kept. Leave this empty to keep it."}
        />
      </div>
    </Disclosure>
  );
}
