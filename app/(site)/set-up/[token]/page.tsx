import type { Metadata } from "next";
import { getCore } from "@/app/_server/core";
import { readForPage } from "@/app/_server/read";
import { JoinForm, SpentLink } from "@/app/(site)/JoinForm";
import { readInvitation } from "@/lib/people/join";

export const metadata: Metadata = { title: "Set up" };

export default async function SetUpPage({ params }: { readonly params: Promise<{ token: string }> }) {
  const { token } = await params;
  const invitation = await readForPage(async () => readInvitation(await getCore(), token));
  if (!invitation) return <SpentLink />;
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Set up Valet</h1>
      <p className="text-muted">You are the first here, so you become the admin: you invite people and switch on connectors.</p>
      <JoinForm token={token} email={invitation.email} button="Create the admin" />
    </>
  );
}
