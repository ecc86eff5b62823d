"use client";

import { Confirm } from "@/app/_ui/Confirm";
import type { Extension } from "@/lib/grants/extension";
import { extend } from "../actions";

interface Props {
  readonly grantId: string;
  readonly agentName: string;
  /** What is shown, and kept word for word. */
  readonly sentence: string;
  readonly choices: readonly (Pick<Extension, "lifetime" | "words"> & { readonly until: string })[];
}

/** Gives the grant a later end. What it may do stays as it is. */
export function Extend({ grantId, agentName, sentence, choices }: Props) {
  return (
    <Confirm
      trigger="Extend"
      look="secondary"
      confirmLook="primary"
      title={`Extend the grant to ${agentName}?`}
      confirm="Yes, extend it"
      action={extend}
      hidden={{ grantId }}
    >
      <p>{sentence}</p>
      <fieldset className="grid gap-1">
        <legend className="mb-1 font-medium text-ink">It ends, from now, in</legend>
        {choices.map(({ lifetime, words, until }, at) => (
          <label key={lifetime} className="flex min-h-9 items-center gap-2.5 rounded-md px-2 text-ink hover:bg-sunken max-md:min-h-11">
            <input type="radio" name="lifetime" value={lifetime} defaultChecked={at === 0} className="size-4 shrink-0" />
            <span>
              {words} <span className="text-sm text-muted">({until})</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p>It is written into what was agreed. You can revoke it at any time.</p>
    </Confirm>
  );
}
