import { Columns2, Square } from "lucide-react";
import { ActionForm } from "@/app/_ui/ActionForm";
import { Confirm } from "@/app/_ui/Confirm";
import { DensitySwitch } from "@/app/_ui/DensitySwitch";
import { SelectField, TextArea, TextField } from "@/app/_ui/Field";
import type { FormState } from "@/app/_ui/formState";
import { LookSwitch } from "@/app/_ui/LookSwitch";
import { Saved } from "@/app/_ui/Saved";
import { ScopeChoice } from "@/app/_ui/ScopeChoice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { ThemeSwitch } from "@/app/_ui/ThemeSwitch";
import { ignore, settle } from "./actions";
import { Sheet, Specimen } from "./Sheet";
import { PERMISSIONS, REFUSED } from "./samples";

const FORMS: readonly (readonly [name: string, start: FormState<null>, busy: boolean])[] = [
  ["ActionForm", { status: "idle" }, false],
  ["refused", REFUSED, false],
  ["busy", { status: "idle" }, true],
  ["done", { status: "done", result: null }, false],
];

export function Forms() {
  return (
    <>
      <Sheet id="forms" title="Forms">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6 md:grid-cols-2">
          {FORMS.map(([name, start, busy]) => (
            <Specimen key={name} name={name}>
              <ActionForm action={settle} start={start} label={`A form, ${name}`} className="grid content-start gap-3">
                <TextField name="name" label="Name" placeholder="Triage bot" hint="People see it beside everything that it does." />
                <TextArea name="purpose" label="Purpose" optional />
                <SelectField name="role" label="Role" disabled={busy}>
                  <option>Member</option>
                </SelectField>
                <div className="flex items-center gap-3">
                  <SubmitButton busy={busy}>Save</SubmitButton>
                  <Saved />
                </div>
              </ActionForm>
            </Specimen>
          ))}
        </div>
      </Sheet>
      <Sheet id="choices" title="Choices">
        <Specimen name="ScopeChoice">
          <ScopeChoice list={PERMISSIONS} ticked={["issues:read"]} />
        </Specimen>
        <Specimen name="ThemeSwitch, DensitySwitch, LookSwitch">
          <div className="grid max-w-64 gap-2">
            <ThemeSwitch theme="dark" setTheme={ignore} />
            <DensitySwitch density="compact" setDensity={ignore} />
            <LookSwitch
              label="Any look"
              name="any"
              value="one"
              choices={[
                ["one", "One", Square],
                ["two", "Two", Columns2],
              ]}
              set={ignore}
            />
          </div>
        </Specimen>
        <Specimen name="Confirm">
          <Confirm trigger="Revoke grant" title="Revoke this grant?" confirm="Revoke grant" action={settle}>
            <p>Triage bot loses 3 permissions at GitHub at once. 2 tokens that it holds are ended there.</p>
          </Confirm>
        </Specimen>
      </Sheet>
    </>
  );
}
