/** What connecting may have come back with, by reason. Closed: the address chooses a sentence, it never writes one. */
const SENTENCES: Record<string, string> = {
  person_declined: "You said no there. Nothing was connected.",
  state_unknown: "That answer does not belong to anything you started here. Start again below.",
  state_replayed: "That answer was used already. If the account is not in your list, start again below.",
  state_expired: "That took longer than ten minutes. Start again below.",
  other_person: "Somebody else started that, so their answer was not taken for you. Start again below.",
  other_browser: "That was started in another browser, so it was thrown away. Start again below.",
  connector_swapped: "The answer came back for another service than you started with, so it was thrown away. Start again below.",
  wrong_issuer:
    "The answer does not come from the service you chose, so it was thrown away. Start again, and tell an admin if it happens twice.",
  issuer_missing: "The answer does not say where it comes from, so it was thrown away. Start again, and tell an admin if it happens twice.",
  code_missing: "The service came back without an answer. Start again below.",
  other_account: "You chose another account than the one you are reconnecting. Choose that account, or connect the other one as a new one.",
  other_account_than_lent:
    "You chose another account there than the grant is for. Nothing was lent, and that consent was ended. Start the grant again and choose the same account.",
  consent_too_small: "You gave less there than the grant needs. Nothing was lent, and that consent was ended. Start the grant again.",
  scope_not_enforceable:
    "The service gave more than was asked, and Valet could not keep the agent from it. Nothing was lent, and that consent was ended.",
  grant_ended: "The time of that grant was over before you came back. Lend it anew.",
  registration_missing: "The read-only app at that service was taken away meanwhile. Lend without it, or ask an admin.",
  account_unknown: "The service did not say whose account it is, so nothing was kept. Try again, or tell an admin.",
  not_an_owner: "The service shows no account with this app that is yours or that you own. Install the app there first, or ask an owner.",
  app_key_missing: "The key of the GitHub App is not here. Ask an admin to set it up.",
  connector_off: "That connector is not switched on here. Ask an admin to set it up.",
  provider_refused: "The service did not give access. Try again, or tell an admin.",
  provider_unreachable: "The service could not be reached. Try again in a minute.",
  provider_certificate: "The service showed a certificate that is not good, so nothing was sent there. Tell an admin.",
  provider_resting: "The service is not answering just now. Try again in a minute.",
  provider_bad_answer: "The service answered something we cannot use. Try again, or tell an admin.",
  provider_invalid_grant: "The service did not accept the answer it had just given. Start again below.",
};

const OTHER = "The account was not connected. Start again below; if it stays, tell an admin.";

export function problemSentence(reason: string | string[] | undefined): string | null {
  if (reason === undefined) return null;
  return (typeof reason === "string" && Object.hasOwn(SENTENCES, reason) ? SENTENCES[reason] : null) ?? OTHER;
}
