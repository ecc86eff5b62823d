"use client";

import { Check } from "lucide-react";
import { useFormState } from "./ActionForm";

/** Says that the form around it was taken. */
export function Saved({ words = "Saved" }: { readonly words?: string }) {
  const state = useFormState();
  return (
    <span role="status" className="inline-flex items-center gap-1 text-sm font-medium text-ok">
      {state.status === "done" ? (
        <>
          <Check className="size-4" aria-hidden="true" />
          {words}
        </>
      ) : null}
    </span>
  );
}
