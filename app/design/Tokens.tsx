import { Row, Sheet, Specimen } from "./Sheet";

const TYPE = [
  ["text-xs", "Tags, raw names"],
  ["text-sm", "Hints, moments, buttons"],
  ["text-base", "Everything that is read"],
  ["text-md", "Headings of parts"],
  ["text-lg", "Titles of dialogs"],
  ["text-xl", "The title of the page"],
] as const;

const GROUNDS = [
  ["bg-canvas", "text-ink", "canvas, ink"],
  ["bg-surface", "text-muted", "surface, muted"],
  ["bg-sunken", "text-faint", "sunken, faint"],
  ["bg-action", "text-on-action", "action"],
  ["bg-person-soft", "text-person", "person"],
  ["bg-agent-soft", "text-agent", "agent"],
  ["bg-ok-soft", "text-ok", "ok"],
  ["bg-warn-soft", "text-warn", "warn"],
  ["bg-danger-soft", "text-danger", "danger"],
  ["bg-danger-solid", "text-white", "danger, solid"],
] as const;

const SPACING = [
  ["w-datum", "datum"],
  ["w-row", "row"],
  ["w-page", "page"],
  ["w-control", "control"],
  ["w-input", "input"],
] as const;

/** The names that everything else is made of, as app/globals.css gives them. */
export function Tokens() {
  return (
    <>
      <Sheet id="type" title="Type">
        {TYPE.map(([size, use]) => (
          <p key={size} className={size}>
            {use} <code className="font-mono text-xs text-faint">{size}</code>
          </p>
        ))}
        <p className="numbers">
          0123456789 in columns, <span className="font-mono">and in code 0123456789</span>
        </p>
      </Sheet>
      <Sheet id="colours" title="Colours" lead="Blue is a person and orange is an agent, everywhere and for nothing else.">
        <Row>
          {GROUNDS.map(([ground, ink, name]) => (
            <span key={name} className={`grid h-16 w-32 place-items-center rounded-lg border text-sm font-medium ${ground} ${ink}`}>
              {name}
            </span>
          ))}
        </Row>
      </Sheet>
      <Sheet id="spacing" title="Spacing" lead="What the density changes. Everything else is in steps of 4 px.">
        {SPACING.map(([width, name]) => (
          <Specimen key={name} name={name}>
            <div className={`h-3 rounded-sm bg-action ${width}`} />
          </Specimen>
        ))}
      </Sheet>
    </>
  );
}
