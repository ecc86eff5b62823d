import { Ban, CircleCheck, CircleDashed, CirclePause, CircleX, Clock, PlugZap, TriangleAlert } from "lucide-react";
import { cx } from "./cx";

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

export function isState(text: string): text is State {
  return text in STATES;
}

export function Status({ state, word }: { readonly state: State; readonly word?: string }) {
  const [usual, Icon, className] = STATES[state];
  return (
    <span className={cx("inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap", className)}>
      <Icon className="size-3.5" aria-hidden="true" />
      {word ?? usual}
    </span>
  );
}
