import { inWords } from "@/app/_ui/moments";
import { listInWords, plural } from "@/app/_ui/words";
import type { WhatStops } from "@/lib/overview/whatStops";

/** "This stops 2 agents and 3 grants of 1 person. In the last hour they were used 14 times." */
export function stopSentence({ agents, grants, people, uses }: WhatStops): string {
  if (grants === 0) return "Nothing of it can be used now. What is lent later would be stopped too, while the stop lasts.";
  const what = listInWords([plural(agents, "agent"), `${plural(grants, "live grant")} of ${plural(people, "person", "people")}`]);
  const lately = uses === 0 ? "Nothing of it was used in the last hour." : `In the last hour it was used ${plural(uses, "time")}.`;
  return `This stops ${what}. ${lately}`;
}

/** What Valet cannot take back by itself. */
export function tokensSentence({ tokens, tokensEndAt }: WhatStops, now: Date): string {
  if (tokens === 0 || !tokensEndAt) return "No agent has a token of a service's own in hand.";
  const those = tokens === 1 ? "One token of a service's own is" : `${tokens} tokens of services' own are`;
  return `${those} in agents' hands. Valet asks each service to end them; where one cannot, the last ends by itself ${inWords(tokensEndAt, now)}.`;
}
