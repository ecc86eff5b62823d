import type { Metadata } from "next";
import { getCore } from "@/app/_server/core";
import { readForPage } from "@/app/_server/read";
import { JoinForm, SpentLink } from "@/app/(site)/JoinForm";
import { readInvitation } from "@/lib/people/join";

export const metadata: Metadata = { title: "Join" };

export default async function JoinPage({ params }: { readonly params: Promise<{ token: string }> }) {
  const { token } = await params;
  const invitation = await readForPage(async () => readInvitation(await getCore(), token));
  if (!invitation) return <SpentLink />;
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Join Valet</h1>
      <p className="text-muted">
        You were invited
        {invitation.email ? (
          <>
            {" "}
            as <strong className="font-medium text-ink">{invitation.email}</strong>
          </>
        ) : null}
        , with the role {invitation.role}.
      </p>
      <JoinForm token={token} email={invitation.email} button="Join" />
    </>
  );
}
