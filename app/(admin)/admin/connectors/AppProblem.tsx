import { Notice } from "@/app/_ui/Notice";

/** What making a GitHub App may have come back with, by reason. Closed: the address chooses a sentence, it never writes one. */
const SENTENCES: Record<string, string> = {
  state_unknown: "That answer does not belong to anything you started here. Start again below.",
  state_replayed: "That answer was used already. If the app is not set up below, start again.",
  state_expired: "That took longer than ten minutes. Start again below.",
  other_person: "Somebody else started that, so their answer was not taken for you.",
  other_browser: "That was started in another browser, so it was thrown away. Start again below.",
  app_in_use: "Accounts are connected by the present app. Disconnect them before you make another.",
  code_missing: "GitHub came back without an answer. Start again below.",
  provider_refused: "GitHub did not take its own answer. Start again below.",
  provider_unreachable: "GitHub could not be reached. Start again in a minute.",
  provider_bad_answer: "GitHub answered something that is not an app. Look there whether one was made, and delete it.",
  form: "That is not the name of an organization at GitHub.",
};

export function AppProblem({ reason }: { readonly reason: string | string[] | undefined }) {
  if (reason === undefined) return null;
  const known = typeof reason === "string" && Object.hasOwn(SENTENCES, reason) ? SENTENCES[reason] : null;
  return (
    <Notice tone="danger" role="alert">
      {known ?? "The GitHub App was not set up. Start again below; if it stays, look into the log."}
    </Notice>
  );
}
