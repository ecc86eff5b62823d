import { z } from "zod";
import { Card, Section } from "@/app/_ui/Card";
import { DataList, Datum } from "@/app/_ui/DataList";
import { When } from "@/app/_ui/When";
import { Who } from "@/app/_ui/Who";
import { moment } from "./phraseChange";

const record = z.object({
  shown: z.object({
    sentence: z.string(),
    enforcement: z.string(),
    authority: z.string().optional(),
    permissions: z.array(z.object({ label: z.string() })),
    bounds: z.array(z.string()).default([]),
  }),
  agreedBy: z.object({ name: z.string(), via: z.string() }),
  agreedAt: z.string(),
  became: z.object({ enforcement: z.string() }).optional(),
  extensions: z
    .array(
      z.object({
        shown: z.object({ sentence: z.string(), from: z.string(), expiresAt: z.string() }),
        agreedBy: z.object({ name: z.string() }),
        agreedAt: z.string(),
      }),
    )
    .default([]),
});

/** What was shown when this was lent, word for word, and who agreed. */
export function Consent({ consent, now }: { readonly consent: unknown; readonly now: Date }) {
  const read = record.safeParse(consent);
  if (!read.success) return null;
  const { shown, agreedBy, agreedAt, became, extensions } = read.data;
  return (
    <Section id="consent" title="What was agreed" lead="Kept word for word from the summary.">
      <Card>
        <DataList>
          <Datum name="Agreed by">
            <Who kind="person" name={agreedBy.name} />{" "}
            <span className="text-muted">{agreedBy.via === "token" ? "with an API token" : "in the browser"}</span>
          </Datum>
          <Datum name="When">
            <When at={agreedAt} now={now} />
          </Datum>
          <Datum name="Was shown">
            <p>{shown.sentence}</p>
            {shown.authority ? <p>{shown.authority}</p> : null}
            <p className="text-muted">{shown.enforcement}</p>
          </Datum>
          {became ? <Datum name="Became">The service gave more than was asked. {became.enforcement}</Datum> : null}
          <Datum name="Permissions">{shown.permissions.map((permission) => permission.label).join(" · ")}</Datum>
          {shown.bounds.length > 0 ? <Datum name="Kept to">{shown.bounds.join(" · ")}</Datum> : null}
          {extensions.map((one) => (
            <Datum key={one.agreedAt + one.shown.expiresAt} name="Extended">
              <p>
                <Who kind="person" name={one.agreedBy.name} /> <When at={one.agreedAt} now={now} />
              </p>
              <p>{one.shown.sentence}</p>
              <p className="text-muted">
                From {moment(one.shown.from)} to {moment(one.shown.expiresAt)}
              </p>
            </Datum>
          ))}
        </DataList>
      </Card>
    </Section>
  );
}
