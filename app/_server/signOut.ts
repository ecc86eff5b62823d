"use server";

import { redirect } from "next/navigation";
import { getCore } from "./core";
import { endSession } from "./session";

/** Ends this browser's session. Other browsers stay; "Sign out everywhere" is on the account page. */
export async function signOut(): Promise<void> {
  await endSession(await getCore());
  redirect("/sign-in");
}
