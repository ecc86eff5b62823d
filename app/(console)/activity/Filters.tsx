import { ListFilter, X } from "lucide-react";
import Form from "next/form";
import Link from "next/link";
import { readForPage } from "@/app/_server/read";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { Disclosure } from "@/app/_ui/Disclosure";
import { SelectField, TextField } from "@/app/_ui/Field";
import { beginOf, endOf, type FilterName, type Shown } from "@/lib/activity/address";
import { EVENT_WORDS } from "@/lib/activity/events";
import { listAgentNames } from "@/lib/agents/names";
import { connectors } from "@/lib/connectors/registry";
import type { PersonCtx } from "@/lib/ctx";
import { choosePeople } from "@/lib/people/choose";
import { activityPath, isFiltered, pathWithout } from "./filter";
import { momentWords, spanOfTime } from "./moments";

interface Props {
  readonly ctx: PersonCtx;
  readonly shown: Shown;
  /** What is no filter and stays: whether rows are followed, how many are on a page. */
  readonly keep: Readonly<Record<string, string | undefined>>;
}

type Options = readonly (readonly [value: string, words: string])[];

const ACTING: Options = [
  ["person", "People"],
  ["agent", "Agents"],
  ["system", "Valet itself"],
];
const DECISION: Options = [
  ["allowed", "Allowed"],
  ["refused", "Refused"],
];
const KIND: Options = [
  ["use", "Uses"],
  ["change", "Changes"],
];
const PATTERN: Options = [
  ["delegated", "A person's, lent"],
  ["own", "The agent's own"],
  ["shared_key", "A shared key's"],
  ["self", "A person in person"],
];
const SINCE: Options = [
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
];
const EVENTS: Options = Object.entries(EVENT_WORDS);
const SERVICES: Options = connectors.map((one) => [one.id, one.name]);

/** A form that only fills the address: every filter can be shared, and back is always right. Below it, what is set. */
export async function Filters({ ctx, shown, keep }: Props) {
  const sees = ctx.actor.role !== "member";
  const [named, people] = await readForPage(() => Promise.all([listAgentNames(ctx), sees ? knownPeople(ctx) : []]));
  const agents: Options = named.map(({ id, name }) => [id, name]);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <Form key={JSON.stringify(shown)} action="/activity" aria-label="Filters" className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {Object.entries(keep).map(([name, value]) => (value ? <input key={name} type="hidden" name={name} value={value} /> : null))}
        <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
          <div className="max-md:col-span-2">
            <TextField
              label="Text"
              name="text"
              type="search"
              maxLength={100}
              placeholder="Part of a target"
              autoComplete="off"
              defaultValue={shown.text}
              data-filter=""
            />
          </div>
          <Choice label="Acting" name="acting" shown={shown} any="Anybody" options={ACTING} />
          <Choice label="Decision" name="decision" shown={shown} any="Either" options={DECISION} />
          <Choice label="Agent" name="agent" shown={shown} any="Any agent" options={agents} />
          <Choice label="Time" name="since" shown={shown} any={shown.from || shown.to ? "As chosen" : "Any time"} options={SINCE} />
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <button type="submit" className={buttonClass("secondary")}>
            <ListFilter aria-hidden="true" />
            Filter
          </button>
          {sees ? (
            <label className="flex min-h-8 items-center gap-2 text-sm font-medium">
              <input type="checkbox" name="everyone" value="1" defaultChecked={shown.everyone === "1"} className="size-4" />
              Everyone's activity
            </label>
          ) : null}
          {/* Beside the button while it is shut, above it and as wide as the form when it is open. */}
          <div className="min-w-0 has-[[open]]:order-first has-[[open]]:basis-full">
            <Disclosure summary="More filters" open={RARE.some((name) => shown[name])}>
              <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
                <Choice label="Service" name="connector" shown={shown} any="Any service" options={SERVICES} />
                {sees ? <Choice label="Person" name="person" shown={shown} any="Any person" options={people} /> : null}
                <Choice label="Event" name="event" shown={shown} any="Any event" options={EVENTS} />
                <Choice label="Authority" name="pattern" shown={shown} any="Anybody's" options={PATTERN} />
                <Choice label="Kind" name="kind" shown={shown} any="Changes and uses" options={KIND} />
                <TextField label="Run id" name="run" defaultValue={shown.run} maxLength={200} autoComplete="off" />
                <TextField label="Grant id" name="grant" defaultValue={shown.grant} maxLength={60} autoComplete="off" />
                <TextField label="Connection id" name="connection" defaultValue={shown.connection} maxLength={60} autoComplete="off" />
                {/* A browser gives a moment a width of its own, wider than half a phone. */}
                <div className="min-w-0 max-md:col-span-2">
                  <TextField
                    label="From (UTC)"
                    name="from"
                    type="datetime-local"
                    defaultValue={shown.from && fieldValue(beginOf(shown.from))}
                  />
                </div>
                <div className="min-w-0 max-md:col-span-2">
                  <TextField label="To (UTC)" name="to" type="datetime-local" defaultValue={shown.to && fieldValue(endOf(shown.to))} />
                </div>
              </div>
            </Disclosure>
          </div>
        </div>
      </Form>
      <Chips shown={shown} keep={keep} names={[...agents, ...people]} now={ctx.clock.now()} />
    </div>
  );
}

const RARE: readonly FilterName[] = ["kind", "event", "run", "from", "to", "grant", "connection", "connector", "person", "pattern"];

/** As `datetime-local` writes it. */
function fieldValue(moment: Date): string {
  return moment.toISOString().replace(/(:00)?\.\d+Z$/, "");
}

interface ChoiceProps {
  readonly label: string;
  readonly name: FilterName;
  readonly shown: Shown;
  readonly any: string;
  readonly options: Options;
}

function Choice({ label, name, shown, any, options }: ChoiceProps) {
  return (
    <SelectField label={label} name={name} defaultValue={shown[name] ?? ""}>
      <option value="">{any}</option>
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </SelectField>
  );
}

interface Chip {
  readonly names: readonly FilterName[];
  readonly label: string;
  readonly words: string;
}

interface ChipsProps {
  readonly shown: Shown;
  readonly keep: Props["keep"];
  readonly names: Options;
  readonly now: Date;
}

/** What is set, one by one, each to be taken away. */
function Chips({ shown, keep, names, now }: ChipsProps) {
  if (!isFiltered(shown)) return null;
  const chips = [...valueChips(shown, names), ...timeChips(shown, now)];
  return (
    <ul aria-label="Filters that are set" className="flex flex-wrap items-center gap-2">
      {chips.map(({ names: taken, label, words }) => (
        <li key={label} className="min-w-0">
          <Link
            href={pathWithout(shown, taken, keep)}
            scroll={false}
            className="inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-full border bg-sunken py-0.5 pr-2 pl-3 text-sm hover:border-line-strong max-md:min-h-9"
          >
            <span className="sr-only">Take away the filter </span>
            <span className="min-w-0 truncate">
              <span className="text-muted">{label}:</span> <span className="font-medium">{words}</span>
            </span>
            <X className="size-3.5 shrink-0 text-muted" aria-hidden="true" />
          </Link>
        </li>
      ))}
      <li>
        <ButtonLink look="quiet" href={activityPath(shown.everyone ? { everyone: "1" } : {}, keep)} scroll={false}>
          Clear filters
        </ButtonLink>
      </li>
    </ul>
  );
}

const LABELS: readonly (readonly [name: FilterName, label: string, options: Options])[] = [
  ["text", "Text", []],
  ["acting", "Acting", ACTING],
  ["decision", "Decision", DECISION],
  ["connector", "Service", SERVICES],
  ["event", "Event", EVENTS],
  ["pattern", "Authority", PATTERN],
  ["kind", "Kind", KIND],
  ["run", "Run", []],
  ["grant", "Grant", []],
  ["connection", "Connection", []],
  ["since", "Time", SINCE],
];

function valueChips(shown: Shown, names: Options): Chip[] {
  const rows = [...LABELS, ["agent", "Agent", names] as const, ["person", "Person", names] as const];
  return rows.flatMap(([name, label, options]) => {
    const value = shown[name];
    return value ? [{ names: [name], label, words: options.find(([one]) => one === value)?.[1] ?? value }] : [];
  });
}

function timeChips({ from, to }: Shown, now: Date): Chip[] {
  const [begin, end] = [from && beginOf(from), to && endOf(to)];
  if (begin && end) return [{ names: ["from", "to"], label: "Time", words: `${spanOfTime(begin, end, now)} UTC` }];
  if (begin) return [{ names: ["from"], label: "From", words: `${momentWords(begin, now)} UTC` }];
  return end ? [{ names: ["to"], label: "Until", words: `${momentWords(end, now)} UTC` }] : [];
}

async function knownPeople(ctx: PersonCtx): Promise<[string, string][]> {
  return (await choosePeople(ctx)).map((one) => [one.id, one.name]);
}
