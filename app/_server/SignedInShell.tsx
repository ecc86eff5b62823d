import "server-only";
import type { ReactNode } from "react";
import { Shell } from "@/app/_ui/Shell";
import { requirePerson } from "./person";
import { readTheme } from "./readTheme";
import { signOut } from "./signOut";
import { setTheme } from "./theme";

/** The navigation for whoever is signed in. What they may see is decided by each page's verb, not here. */
export async function SignedInShell({ children }: { readonly children: ReactNode }) {
  const { actor } = await requirePerson();
  const person = { name: actor.name, email: actor.email, role: actor.role };
  return (
    <Shell person={person} theme={await readTheme()} signOut={signOut} setTheme={setTheme}>
      {children}
    </Shell>
  );
}
