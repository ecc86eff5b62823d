import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { PageHeader } from "@/app/_ui/PageHeader";
import { RegisterForm } from "./RegisterForm";

export const metadata: Metadata = { title: "Register an agent" };

export default async function RegisterPage() {
  const ctx = await requirePerson();
  return (
    <>
      <PageHeader
        title="Register an agent"
        lead="You become its owner: you answer for it and can stop it. It can do nothing until something is lent to it."
        back={{ href: "/agents", label: "Agents" }}
      />
      <RegisterForm publicUrl={ctx.settings.publicUrl} />
    </>
  );
}
