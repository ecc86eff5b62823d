import { HandHelping, Plus } from "lucide-react";
import { AccessIcon, AccessTag } from "@/app/_ui/AccessTag";
import { Button, ButtonLink, type ButtonLook } from "@/app/_ui/Button";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { CopyButton } from "@/app/_ui/CopyButton";
import { Hands } from "@/app/_ui/Hands";
import { Logo } from "@/app/_ui/Logo";
import { PaletteButton } from "@/app/_ui/PaletteButton";
import { PatternTag, type ShownPattern } from "@/app/_ui/PatternTag";
import { ALL_STATES, Status } from "@/app/_ui/Status";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { Tag } from "@/app/_ui/Tag";
import { Tile } from "@/app/_ui/Tile";
import { TimeWords } from "@/app/_ui/Time";
import { When } from "@/app/_ui/When";
import { Who, WhoMark } from "@/app/_ui/Who";
import { Row, Sheet, Specimen } from "./Sheet";
import { LONG, NOW, ROWS } from "./samples";

const LOOKS: readonly ButtonLook[] = ["primary", "secondary", "quiet", "danger", "danger-quiet"];
const PATTERNS: readonly ShownPattern[] = ["delegated", "own", "shared_key", "self"];
const KINDS = ["person", "agent", "system"] as const;
const LEVELS = ["read", "write", "admin"] as const;

export function Small() {
  return (
    <>
      <Sheet id="buttons" title="Buttons">
        {LOOKS.map((look) => (
          <Specimen key={look} name={look}>
            <Row>
              <Button look={look}>Press</Button>
              <Button look={look}>
                <Plus aria-hidden="true" />
                With an icon
              </Button>
              <Button look={look} disabled>
                Disabled
              </Button>
              <SubmitButton look={look} busy>
                Busy
              </SubmitButton>
            </Row>
          </Specimen>
        ))}
        <Specimen name="ButtonLink, CopyButton, PaletteButton">
          <Row>
            <ButtonLink href="#buttons">A link</ButtonLink>
            <CopyButton text="copied" what="a word" />
            <CopyButton text="copied" what="the same word" wordless />
            <PaletteButton />
          </Row>
        </Specimen>
      </Sheet>
      <Sheet id="tags" title="Tags">
        <Specimen name="Status">
          <Row>
            {ALL_STATES.map((state) => (
              <Status key={state} state={state} />
            ))}
            <Status state="live" word="Any word" />
          </Row>
        </Specimen>
        <Specimen name="AccessTag, AccessIcon">
          <Row>
            {LEVELS.map((access) => (
              <AccessTag key={access} access={access} />
            ))}
            {LEVELS.map((access) => (
              <AccessIcon key={access} access={access} />
            ))}
          </Row>
        </Specimen>
        <Specimen name="PatternTag, Tag">
          <Row>
            {PATTERNS.map((pattern) => (
              <PatternTag key={pattern} pattern={pattern} />
            ))}
            <Tag icon={HandHelping} className="bg-sunken text-muted">
              Any tag
            </Tag>
          </Row>
        </Specimen>
      </Sheet>
      <Sheet id="hands" title="Hands" lead="Round is a person, square is an agent.">
        {KINDS.map((kind) => (
          <Specimen key={kind} name={`Who, ${kind}`}>
            <Row>
              <WhoMark kind={kind} large />
              <Who kind={kind} name="Ada" />
              <Who kind={kind} name="Ada" wordless />
              <Who kind={kind} name={LONG} />
            </Row>
          </Specimen>
        ))}
        <Specimen name="Hands">
          <ul className="grid gap-2">
            {ROWS.map((row) => (
              <li key={row.id} className="flex min-w-0 flex-wrap items-center gap-1.5">
                <Hands row={row} />
              </li>
            ))}
          </ul>
        </Specimen>
      </Sheet>
      <Sheet id="marks" title="Marks and moments">
        <Specimen name="Logo, Tile, ConnectorTile">
          <Row>
            <Logo />
            <Logo large />
            <Tile letters="AB" color="teal" />
            <Tile letters="AB" color="teal" small />
            <ConnectorTile connector="github" />
            <ConnectorTile connector="slack" small />
            <ConnectorTile connector="of-nobody" />
          </Row>
        </Specimen>
        <Specimen name="When, TimeWords">
          <Row>
            <When at={new Date(NOW.getTime() - 180_000)} now={NOW} />
            <When at={new Date(NOW.getTime() + 8 * 3_600_000)} now={NOW} />
            <When at={null} now={NOW} />
            <TimeWords iso={NOW.toISOString()} words="any words" />
          </Row>
        </Specimen>
      </Sheet>
    </>
  );
}
