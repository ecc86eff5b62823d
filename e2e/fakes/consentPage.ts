import type { AuthorizeRequest } from "./authorize";
import { html, type Markup, page } from "./html";
import type { Exchange } from "./http";
import { describeScope } from "./scopes";
import type { State } from "./state";

/** Who asks, for what in words, one button per person, and a way to say no. */
export function consentPage(state: State, exchange: Exchange, asked: AuthorizeRequest): string {
  const host = new URL(asked.redirectUri).host;
  const people = state.options.people.map(
    (person) => html`<button name="login" value="${person.login}">Continue as ${person.name} (${person.login})</button>`,
  );
  const body = html`<main class="small"><div class="sheet">
<div class="mark" aria-hidden="true">DT</div>
<h1>Connect your Demo Tracker account</h1>
<p class="soft"><strong>${asked.client.clientId}</strong> at ${host} asks to:</p>
<ul class="scopes">${asked.scopes.map(scopeLine)}</ul>
<form method="post" action="${exchange.base}/oauth/authorize">
${hiddenFields(asked.parameters)}
${people}
<button class="quiet" name="deny" value="1">Deny</button>
</form>
<p class="soft">This is a pretend service for trying things out. There are no passwords here.</p>
</div></main>`;
  return page("Connect your account · Demo Tracker", body);
}

/** What cannot be sent back to the client is told to the person. */
export function refusalPage(reason: string): string {
  const body = html`<main class="small"><div class="sheet">
<div class="mark" aria-hidden="true">DT</div>
<h1>This request cannot go on</h1>
<p role="alert">${reason}</p>
<p class="soft">Go back to the application you came from and start again.</p>
</div></main>`;
  return page("Cannot go on · Demo Tracker", body);
}

function scopeLine(name: string): Markup {
  return html`<li>${describeScope(name)}<code>${name}</code></li>`;
}

function hiddenFields(parameters: URLSearchParams): Markup[] {
  const kept = [...parameters].filter(([name]) => name !== "login" && name !== "deny");
  return kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}
