"use client";

import { Confirm } from "@/app/_ui/Confirm";
import { endAllSessions, endOneTerminal, revokeToken } from "./actions";

export function RevokeToken({ tokenId, name }: { readonly tokenId: string; readonly name: string }) {
  return (
    <Confirm trigger="Revoke token" confirm="Yes, revoke" title={`Revoke the token ${name}?`} action={revokeToken} hidden={{ tokenId }}>
      <p>Scripts that use it are refused from now on.</p>
    </Confirm>
  );
}

export function EndTerminal({ terminalId, name }: { readonly terminalId: string; readonly name: string }) {
  return (
    <Confirm trigger="Sign out" confirm="Yes, sign out" title={`Sign out ${name}?`} action={endOneTerminal} hidden={{ terminalId }}>
      <p>Its next request is refused. You can let it in again with a new code.</p>
    </Confirm>
  );
}

export function EndAllSessions() {
  return (
    <Confirm trigger="Sign out everywhere" confirm="Yes, sign out" title="Sign out everywhere?" action={endAllSessions}>
      <p>Every browser and terminal you are signed in with has to sign in again, this one too.</p>
    </Confirm>
  );
}
