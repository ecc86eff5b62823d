import type { RefusalCode } from "../../errors";

/** Every code an answer of Valet can have: its refusals, and a fault of its own. */
export type AnswerCode = RefusalCode | "server_error";

export interface ErrorWords {
  readonly means: string;
  /** What the agent does next. */
  readonly agent: string;
  /** What a person does, where one can. */
  readonly person: string;
}

const NOBODY = "Nothing.";
const OWNER = "The agent's owner looks at its credentials on the agent's page.";

/** What each code means and who does what next. A code without words does not compile. */
export const ERROR_WORDS: Record<AnswerCode, ErrorWords> = {
  invalid_request: {
    means: "The request is malformed: something is missing, doubled, or not what this address takes.",
    agent: "Read detail, which names the part at fault, and send it right. Do not repeat it unchanged.",
    person: NOBODY,
  },
  invalid_client: {
    means: "Valet does not know who asks: the secret, key or platform token did not prove an agent.",
    agent: "Check the client id and the proof. Do not try other secrets: tries are counted. Ask the agent's owner.",
    person: OWNER,
  },
  invalid_token: {
    means: "The bearer token is unknown, has ended, was revoked, or is for another place.",
    agent: "Exchange the grant again and use the new token at its api_base. If that is refused too, do what that refusal says.",
    person: NOBODY,
  },
  unauthenticated: {
    means: "Nobody is signed in, or the API token of a person does not work any more.",
    agent: "This part of the API is for people. An agent asks /api/v1/agent/access and /oauth/token instead.",
    person: "Sign in again, or make a new API token on the Account page.",
  },
  invalid_grant: {
    means:
      "No live grant covers this: it is unknown, ended, revoked, waits for its self-test, or the agent or its owner is paused. At /oauth/token the error is invalid_request (RFC 8693).",
    agent:
      "Stop using this grant. Read reason, ask /api/v1/agent/access what is left, and show its person the link in fix, if there is one.",
    person: "Lend again, or let what was paused go on. Nothing happens by itself.",
  },
  invalid_scope: {
    means: "The request asks for more than the grant, the account, or the admin's ceiling has.",
    agent: "Ask for the scopes of the grant, or leave scope out. Where smallest_grant is there, show its url to the person.",
    person: "Open the link and decide whether to lend more. The form is filled in; nothing is lent before you agree.",
  },
  invalid_target: {
    means: "The resource or audience is not a place that this grant opens.",
    agent: "Leave resource and audience out, or name the place in the answer's detail.",
    person: NOBODY,
  },
  invalid_authorization_details: {
    means: "The authorization_details (RFC 9396) were not understood, or are beyond the token they are asked of.",
    agent: "Send less than the token has. Details go on a token that is handed on, not on a grant.",
    person: NOBODY,
  },
  actor_unauthorized: {
    means: "The agent is proved, and nobody agreed that it may take over this work.",
    agent: "Do not try another token. Ask the grant's person to allow the link.",
    person: 'Add the agent on the grant\'s page, under "May hand work on to".',
  },
  unsupported_grant_type: {
    means: "The token endpoint does not know this grant_type.",
    agent: "Use one of grant_types_supported in /.well-known/oauth-authorization-server.",
    person: NOBODY,
  },
  invalid_dpop_proof: {
    means: "A token is bound to a key (RFC 9449), and this request did not prove that key.",
    agent: "Make a fresh proof for this method and this address, with the token's key. A proof works once.",
    person: "An owner may say on the agent's page whether a key is required.",
  },
  use_dpop_nonce: {
    means: "The proof has to carry a nonce of ours.",
    agent: "Send the same request with a new proof that has the nonce from the DPoP-Nonce header.",
    person: NOBODY,
  },
  unsupported_token_type: {
    means: "This kind of token is not ended at the revocation endpoint.",
    agent: "End it where detail says.",
    person: "Take a grant back on its own page; disconnect an account on the Connections page.",
  },
  invalid_code: {
    means: "The device code or refresh token is unknown, used, ended, or another client's. There is one answer for all of these.",
    agent: "Start the sign-in anew.",
    person: "Sign in at the terminal once more.",
  },
  authorization_pending: {
    means: "The person has not decided about this terminal yet.",
    agent: "Ask again after interval seconds.",
    person: "Open /device and type the code the terminal shows.",
  },
  slow_down: {
    means: "The terminal asks too often.",
    agent: "Wait five seconds longer between two questions, from now on.",
    person: NOBODY,
  },
  expired_token: {
    means: "The terminal's code has ended before anybody decided.",
    agent: "Start the sign-in anew.",
    person: "Run the sign-in at the terminal again.",
  },
  interaction_required: {
    means: "The account needs its person: the SaaS ended the access that Valet had.",
    agent: "Stop, and show the person the link. Repeating does not help.",
    person: "Connect the account again on the Connections page. Grants on it go on by themselves.",
  },
  access_denied: {
    means: "The person said no, at the SaaS or to the terminal.",
    agent: "Accept it. Do not ask again by yourself.",
    person: "Start again if it was a mistake.",
  },
  forbidden: {
    means: "Whoever asks is known and may not do this.",
    agent: "Do not repeat it. Read detail: it says who may.",
    person: "Ask somebody who has the role, or who owns it.",
  },
  not_allowed: {
    means: "The gateway's rules refuse this call: the grant does not open it. Nothing was sent to the SaaS.",
    agent: "Do not repeat it and do not look for a way round. Work with what is lent, or show the person smallest_grant.url.",
    person: "Open the link and decide whether to lend more.",
  },
  not_found: {
    means: "There is no such thing, or it is not yours. Both are the same answer.",
    agent: "Check the address and the id. Ask /api/v1/agent/access for the ids you may use.",
    person: NOBODY,
  },
  conflict: {
    means: "It collides with what is there already, or with a change made at the same moment.",
    agent: "Read the present state, then decide again. With several accounts, name one in the Valet-Connection header.",
    person: "Load the page again.",
  },
  too_many_requests: {
    means: "Too many tries, or a limit of the grant is used up.",
    agent: "Wait as many seconds as Retry-After says, then go on. Slow down for good.",
    person: "A limit that is too small can be changed by lending anew.",
  },
  too_large: {
    means: "The body is larger than Valet reads.",
    agent: "Send less at once.",
    person: NOBODY,
  },
  upstream_failed: {
    means: "The SaaS could not be reached, or answered what makes no sense. A call may have arrived there: see reason.",
    agent: "Repeat a read after a pause. Before repeating a write, look whether it was done.",
    person: "Look at the SaaS's own status page. An admin can test the set-up under Admin > Connectors.",
  },
  unavailable: {
    means: "A part of Valet is away, such as its database. Nothing was given.",
    agent: "Wait as many seconds as Retry-After says, and try again.",
    person: "An operator looks at /readyz and the log.",
  },
  server_error: {
    means: "A fault of Valet's own. Nothing more is said, on purpose.",
    agent: "Try once more after a pause, then stop and give a person the request_id.",
    person: "An operator finds the request_id in the log.",
  },
};
