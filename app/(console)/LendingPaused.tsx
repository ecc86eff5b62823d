import { ActionForm } from "@/app/_ui/ActionForm";
import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { When } from "@/app/_ui/When";
import type { LendingPause } from "@/lib/people/lending";
import { resumeAll } from "./lendingActions";

/** Loud while nothing that this person lends gives anything; silent otherwise. */
export function LendingPaused({ pause, now }: { readonly pause: LendingPause | null; readonly now: Date }) {
  if (!pause) return null;
  return (
    <Notice tone="warn" title="All that you lend is paused" action={pause.byAdmin ? null : <Resume />}>
      Since <When at={pause.since} now={now} /> no agent gets anything on your authority. Your grants stand, and run out meanwhile.
      {pause.byAdmin ? " An admin paused it: ask an admin to let it go on." : null}
    </Notice>
  );
}

function Resume() {
  return (
    <ActionForm action={resumeAll}>
      <SubmitButton look="primary">Resume</SubmitButton>
    </ActionForm>
  );
}
