import { ExternalLink } from "lucide-react";
import { slackManifestUrl } from "@/lib/connectors/slackManifest";
import type { ConnectorStatus } from "@/lib/setups/list";

/** Links that open Slack with the app filled in: the scopes within the ceiling, and the redirect URI. Nothing for other services. */
export function SlackManifest({ connector: { id, scopes, redirectUri } }: { readonly connector: ConnectorStatus }) {
  if (id !== "slack") return null;
  const reading = scopes.filter(({ access }) => access === "read");
  const to = (name: string, list: typeof scopes) =>
    slackManifestUrl(
      name,
      list.map((scope) => scope.name),
      redirectUri,
    );
  return (
    <div className="grid gap-1 text-sm">
      <p>Slack can make the app from here, with the permissions and the redirect URI filled in. Copy its client id and secret back here.</p>
      <p className="flex flex-wrap gap-x-4 gap-y-1">
        <Out href={to("Valet", scopes)}>Make the Slack app</Out>
        <Out href={to("Valet, read-only", reading)}>Make the read-only Slack app</Out>
      </p>
    </div>
  );
}

function Out({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <a href={href} rel="noreferrer" target="_blank" className="prose-link inline-flex items-center gap-1">
      {children}
      <ExternalLink className="size-3.5" aria-hidden="true" />
      <span className="sr-only">opens a new tab</span>
    </a>
  );
}
