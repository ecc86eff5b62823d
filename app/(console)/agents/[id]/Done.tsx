import { ActivityRows } from "@/app/_ui/ActivityRows";
import { ButtonLink } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { Disclosure } from "@/app/_ui/Disclosure";
import type { ActivityView } from "@/lib/activity/list";
import type { UsesOfDay } from "@/lib/activity/usesPerDay";
import { dayWords } from "../../activity/moments";
import { Bars, usesInWords } from "../Bars";

interface Props {
  readonly agentId: string;
  readonly rows: readonly ActivityView[];
  readonly days: readonly UsesOfDay[];
  readonly everyone: boolean;
  readonly now: Date;
}

/** What it did lately. */
export function Done({ agentId, rows, days, everyone, now }: Props) {
  const [first, last] = [days[0]?.day, days.at(-1)?.day];
  return (
    <>
      <Section id="chart" title="Uses per day" lead={`${capital(usesInWords(days))}.`}>
        <Card className="grid gap-2 p-4">
          <Bars days={days} width={700} height={72} className="h-18 w-full" />
          <p className="flex justify-between text-xs text-muted">
            <span>{first ? dayWords(new Date(first)) : null}</span>
            <span>{last ? dayWords(new Date(last)) : null} (UTC)</span>
          </p>
          <Disclosure summary="The numbers">
            <table className="w-full max-w-sm text-sm">
              <thead className="text-left text-muted">
                <tr>
                  <th scope="col">Day</th>
                  <th scope="col">Allowed</th>
                  <th scope="col">Refused</th>
                </tr>
              </thead>
              <tbody>
                {days.map(({ day, allowed, refused }) => (
                  <tr key={day}>
                    <td>{day}</td>
                    <td>{allowed}</td>
                    <td>{refused}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Disclosure>
        </Card>
      </Section>
      <Section
        id="activity"
        title="Activity"
        lead="The latest, as far as it is yours to see."
        actions={<ButtonLink href={`/activity?agent=${agentId}${everyone ? "&everyone=1" : ""}`}>See all</ButtonLink>}
      >
        <ActivityRows rows={rows} now={now} empty="It has done nothing yet." />
      </Section>
    </>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
