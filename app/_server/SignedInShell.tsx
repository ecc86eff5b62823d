import "server-only";
import type { ReactNode } from "react";
import { Shell } from "@/app/_ui/Shell";
import { requirePerson } from "./person";
import { readDensity } from "./readDensity";
import { readTheme } from "./readTheme";
import { signOut } from "./signOut";
import { setDensity, setTheme } from "./theme";

/** The navigation for whoever is signed in. What they may see is decided by each page's verb, not here. */
export async function SignedInShell({ children }: { readonly children: ReactNode }) {
  const { actor } = await requirePerson();
  const person = { name: actor.name, email: actor.email, role: actor.role };
  return (
    <Shell
      person={person}
      theme={await readTheme()}
      density={await readDensity()}
      signOut={signOut}
      setTheme={setTheme}
      setDensity={setDensity}
    >
      {children}
    </Shell>
  );
}
