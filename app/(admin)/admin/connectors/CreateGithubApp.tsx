import { ExternalLink } from "lucide-react";
import { buttonClass } from "@/app/_ui/Button";
import { TextField } from "@/app/_ui/Field";
import type { ConnectorStatus } from "@/lib/setups/list";

/** On the cards of a GitHub App: has GitHub make one, with its secrets sent to Valet alone. Once there is one, the way to install it. */
export function CreateGithubApp({ connector }: { readonly connector: ConnectorStatus }) {
  const { app, id, name, clientId } = connector;
  if (!app) return null;
  if (clientId !== null) return app.installUrl ? <InstallLink url={app.installUrl} name={name} /> : null;
  return (
    <form method="post" action="/github-app/new" aria-label={`Create the app of ${name}`} className="grid gap-3 rounded-lg border p-3">
      <input type="hidden" name="connector" value={id} />
      <p className="text-sm text-muted">
        GitHub makes the app and sends its secrets to Valet. You copy nothing, and GitHub asks you before it makes anything.
      </p>
      <TextField
        label="Organization at GitHub"
        name="organization"
        optional
        autoComplete="off"
        spellCheck={false}
        hint="Leave it empty to own the app yourself."
      />
      <label className="flex min-h-8 items-center gap-2">
        <input type="checkbox" name="access" value="write" className="size-4" />
        Agents may be lent writing, not only reading
      </label>
      <div>
        <button type="submit" className={buttonClass("primary")}>
          Create the GitHub App for me
        </button>
      </div>
    </form>
  );
}

function InstallLink({ url, name }: { readonly url: string; readonly name: string }) {
  return (
    <p className="text-sm">
      <a href={url} rel="noreferrer" target="_blank" className="prose-link inline-flex items-center gap-1">
        Install the app on an organization
        <ExternalLink className="size-3.5" aria-hidden="true" />
        <span className="sr-only">for {name}, opens a new tab</span>
      </a>
    </p>
  );
}
