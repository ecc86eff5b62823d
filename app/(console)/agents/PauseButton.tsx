import { CirclePause, CirclePlay } from "lucide-react";
import { ActionForm } from "@/app/_ui/ActionForm";
import type { ButtonLook } from "@/app/_ui/Button";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { pause, resume } from "./actions";

interface Props {
  readonly agent: { readonly id: string; readonly name: string; readonly status: string };
  readonly look?: ButtonLook;
  /** On pages with many: says which one, for screen readers. */
  readonly named?: boolean;
}

/** Stops an agent, or lets it go on. Both can be taken back, so neither asks twice. */
export function PauseButton({ agent, look = "secondary", named }: Props) {
  const paused = agent.status === "paused";
  const Icon = paused ? CirclePlay : CirclePause;
  return (
    <ActionForm key={agent.status} action={paused ? resume : pause} hidden={{ agentId: agent.id }}>
      <SubmitButton look={look}>
        <Icon aria-hidden="true" />
        <span>
          {paused ? "Resume" : "Pause"} agent{named ? <span className="sr-only"> {agent.name}</span> : null}
        </span>
      </SubmitButton>
    </ActionForm>
  );
}
