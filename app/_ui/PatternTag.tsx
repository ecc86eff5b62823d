import { Fingerprint, HandHelping, KeyRound, UserRound } from "lucide-react";
import type { Pattern } from "@/lib/policy/pattern";
import { patternTag } from "./patterns";
import { Tag } from "./Tag";

const PATTERNS = {
  delegated: { icon: HandHelping, color: "text-person border-person-line bg-person-soft" },
  own: { icon: Fingerprint, color: "text-agent border-agent-line bg-agent-soft" },
  shared_key: { icon: KeyRound, color: "text-warn border-warn/30 bg-warn-soft" },
  self: { icon: UserRound, color: "text-person border-person-line bg-person-soft" },
} as const;
export type ShownPattern = Pattern | "self";

/** Who stands behind it, in a sentence. */
export const PATTERN_WORDS: Record<ShownPattern, string> = {
  delegated: "On a person's authority: the agent is the hand.",
  own: "On the agent's own authority: no person stands behind it.",
  shared_key: "By a key that others may have too.",
  self: "A person in their own name.",
};

export function isPattern(text: string | null): text is ShownPattern {
  return text !== null && text in PATTERNS;
}

/** Whose authority it is: always a word and an icon of its own, colour comes third. */
export function PatternTag({ pattern }: { readonly pattern: ShownPattern }) {
  const { icon, color } = PATTERNS[pattern];
  return (
    <Tag icon={icon} className={color} outlined>
      {patternTag(pattern)}
    </Tag>
  );
}
