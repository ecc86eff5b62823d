import { findPerson } from "./_server/person";
import { SignedInShell } from "./_server/SignedInShell";
import { Logo } from "./_ui/Logo";
import { Missing } from "./_ui/Missing";

export const metadata = { title: "Not found" };

export default async function NotFound() {
  const person = await findPerson();
  if (person) return <SignedInShell>{<Missing />}</SignedInShell>;
  return (
    <main className="mx-auto max-w-xl px-4 pt-[8vh]">
      <Logo large />
      <Missing />
    </main>
  );
}
