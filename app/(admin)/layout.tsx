import type { ReactNode } from "react";
import { SignedInShell } from "@/app/_server/SignedInShell";

export default function Layout({ children }: { children: ReactNode }) {
  return <SignedInShell>{children}</SignedInShell>;
}
