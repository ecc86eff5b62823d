import type { Call } from "./calls";
import { html, type Markup, page } from "./html";
import { answerPage, type Exchange } from "./http";
import type { Issue, StoredFile } from "./seed";
import { findPerson, type State } from "./state";
import { accessViews, type TokenView } from "./views";

const CALLS_SHOWN = 50;

/** `GET /`: what is here, who may reach it until when, and what came in. Never a token. */
export function showHome(state: State, exchange: Exchange): void {
  const open = state.data.issues.filter((issue) => issue.state === "open").length;
  const body = html`<main>
<div class="mark" aria-hidden="true">DT</div>
<h1>Demo Tracker</h1>
<p class="soft">A pretend service with the data of a small company: ${open} open issues, ${state.data.files.length} files,
${state.options.people.length} people. <a href="${exchange.base}/">Look again</a></p>
${accessSection(state)}
${callsSection(state)}
${issuesSection(state)}
${filesSection(state.data.files)}
</main>`;
  answerPage(exchange, 200, page("Demo Tracker", body));
}

function section(title: string, note: string, heads: string[], rows: Markup[]): Markup {
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
  return html`<section><h2>${title}</h2>${rows.length > 0 ? table : html`<p class="soft">${note}</p>`}</section>`;
}

function accessSection(state: State): Markup {
  const rows = accessViews(state).filter((view) => view.kind === "access" && view.standing === "live");
  return section(
    "Access that works right now",
    "Nobody holds access at the moment.",
    ["Account", "Given to", "Granted scopes", "Until"],
    rows.map((view) => accessRow(state, view)),
  );
}

function accessRow(state: State, view: TokenView): Markup {
  const name = findPerson(state, { login: view.login })?.name ?? view.login;
  const until = view.expiresAt === null ? html`no end` : time(view.expiresAt);
  return html`<tr><td>${name}</td><td>${view.clientId}</td><td>${chips(view.scopes)}</td><td>${until}</td></tr>`;
}

function callsSection(state: State): Markup {
  return section(
    "Requests that arrived",
    "No request has arrived yet.",
    ["When", "Request", "Scopes of its token", "Account", "Status"],
    state.calls.slice(-CALLS_SHOWN).reverse().map(callRow),
  );
}

function callRow(call: Call): Markup {
  const status = call.status ?? 0;
  const said = call.status === null ? "no answer" : String(status);
  const scopes = call.scopes === null ? html`<span class="soft">${call.credential}</span>` : chips(call.scopes);
  return html`<tr><td>${time(call.at)}</td><td class="code">${call.method} ${call.path}${call.query}</td>
<td>${scopes}</td><td>${call.login ?? "–"}</td><td class="${status >= 400 ? "refused" : ""}">${said}</td></tr>`;
}

function issuesSection(state: State): Markup {
  const heads = ["Number", "Title", "State", "Labels", "Opened by", "Comments"];
  return section("Issues", "There are no issues.", heads, [...state.data.issues].reverse().map(issueRow));
}

function issueRow(issue: Issue): Markup {
  return html`<tr><td class="number">${issue.id}</td><td>${issue.title}</td><td>${issue.state}</td>
<td>${chips(issue.labels)}</td><td>${issue.author}</td><td class="number">${issue.comments.length}</td></tr>`;
}

function filesSection(files: readonly StoredFile[]): Markup {
  const rows = files.map(
    (file) =>
      html`<tr><td>${file.name}</td><td>${file.type}</td><td class="number">${file.sizeBytes.toLocaleString("en")}</td>
<td>${file.author}</td></tr>`,
  );
  return section("Files", "There are no files.", ["Name", "Type", "Bytes", "Uploaded by"], rows);
}

function chips(names: readonly string[]): Markup[] {
  return names.map((name) => html`<span class="chip">${name}</span>`);
}

function time(iso: string): Markup {
  return html`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}
