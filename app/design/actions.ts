"use server";

import type { FormState } from "@/app/_ui/formState";

/** Changes nothing: the forms of /design are answered like any other. */
export async function settle(): Promise<FormState<null>> {
  return { status: "done", result: null };
}

export async function ignore(): Promise<void> {}
