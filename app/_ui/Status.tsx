import { Ban, CircleCheck, CircleDashed, CirclePause, CircleX, Clock, PlugZap, TriangleAlert } from "lucide-react";
import { Tag } from "./Tag";

type Look = readonly [word: string, icon: typeof Ban, className: string];

const OK = "bg-ok-soft text-ok";
const WARN = "bg-warn-soft text-warn";
const DANGER = "bg-danger-soft text-danger";
const CALM = "bg-sunken text-muted";

/** Every state that anything here can be in: always an icon and a word, colour comes third. */
const STATES = {
  live: ["Live", CircleCheck, OK],
  active: ["Active", CircleCheck, OK],
  healthy: ["Healthy", CircleCheck, OK],
  allowed: ["Allowed", CircleCheck, OK],
  enabled: ["Enabled", CircleCheck, OK],
  paused: ["Paused", CirclePause, WARN],
  blocked: ["Blocked", TriangleAlert, WARN],
  needs_reconnect: ["Needs reconnecting", PlugZap, WARN],
  suspended: ["Suspended", CirclePause, WARN],
  self_test_failed: ["Suspended", TriangleAlert, DANGER],
  orphaned: ["No active owner", TriangleAlert, DANGER],
  refused: ["Refused", Ban, DANGER],
  revoked: ["Revoked", CircleX, CALM],
  ended: ["Ended", Clock, CALM],
  removed: ["Removed", CircleX, CALM],
  disconnected: ["Disconnected", CircleX, CALM],
  disabled: ["Not enabled", CircleDashed, CALM],
  alive: ["Still alive", TriangleAlert, WARN],
  failed: ["Could not be ended", CircleX, DANGER],
} satisfies Record<string, Look>;
export type State = keyof typeof STATES;

/** For the page that shows them all. */
export const ALL_STATES = Object.keys(STATES) as State[];

export function isState(text: string): text is State {
  return text in STATES;
}

export function Status({ state, word }: { readonly state: State; readonly word?: string }) {
  const [usual, icon, className] = STATES[state];
  return (
    <Tag icon={icon} className={className}>
      {word ?? usual}
    </Tag>
  );
}
