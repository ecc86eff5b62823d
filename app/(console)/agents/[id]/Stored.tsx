import { buttonClass } from "@/app/_ui/Button";
import { Secret } from "@/app/_ui/Secret";
import { tabHref } from "../tabs";

/** A new secret, the one time it is shown. */
export function Stored({ agentId, clientSecret }: { readonly agentId: string; readonly clientSecret: string }) {
  const lines = [
    { label: "Client id", value: agentId },
    { label: "Client secret", value: clientSecret },
  ];
  const next = (
    <a href={tabHref(agentId, "credentials")} className={buttonClass("secondary")}>
      I have stored it
    </a>
  );
  return (
    <Secret title="Store this secret now" lines={lines} next={next}>
      It is shown this once. Put it where the agent reads its secrets.
    </Secret>
  );
}
