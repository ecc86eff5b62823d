"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { decide } from "./actions";

export function Decide({ userCode }: { readonly userCode: string }) {
  return (
    <ActionForm
      action={decide}
      label="Decide about the terminal"
      hidden={{ userCode }}
      done={({ decision }) => <Decided {...{ decision }} />}
    >
      <div className="grid grid-cols-2 gap-3">
        <SubmitButton look="secondary" className="min-h-10" name="decision" value="deny">
          Deny
        </SubmitButton>
        <SubmitButton className="min-h-10" name="decision" value="allow">
          Allow
        </SubmitButton>
      </div>
    </ActionForm>
  );
}

function Decided({ decision }: { readonly decision: "allow" | "deny" }) {
  if (decision === "deny")
    return (
      <Notice tone="info" title="Turned away" role="status">
        The terminal gets nothing. You can close this page.
      </Notice>
    );
  return (
    <Notice tone="ok" title="The terminal is signed in" role="status">
      Go back to it. It is listed on your <a href="/account#terminals">Account page</a>, where you can sign it out.
    </Notice>
  );
}
