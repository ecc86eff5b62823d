import type { Registration } from "../setups/client";

/** Which of our clients a connection or a walk was made with; the column is text. */
export function registrationOf({ registration }: { readonly registration: string }): Registration {
  if (registration === "main" || registration === "read_only") return registration;
  throw new Error("A connection was made with a registration that nobody knows.");
}

/** Connections that people see and lend from: a consent that serves one grant alone is shown with its grant. */
export const ACCOUNTS = { parentId: null } as const;

/** What a row of activity is about: the account, and whether it is only the consent of one grant there. */
export function targetOf(connectorName: string, connection: { readonly accountName: string; readonly parentId: string | null }): string {
  return `${connectorName}: ${connection.accountName}${connection.parentId ? " (for one grant alone)" : ""}`;
}
