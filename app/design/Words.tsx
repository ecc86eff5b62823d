"use client";

import { House } from "lucide-react";
import { Broken } from "@/app/_ui/Broken";
import { Button } from "@/app/_ui/Button";
import { Missing } from "@/app/_ui/Missing";
import { NavLink } from "@/app/_ui/NavLink";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { PageTabs } from "@/app/_ui/PageTabs";
import { Problem } from "@/app/_ui/Problem";
import { ViewSwitch } from "@/app/_ui/ViewSwitch";
import { WhoMark } from "@/app/_ui/Who";
import { Sheet, Specimen } from "./Sheet";
import { LONG } from "./samples";

const TONES = ["info", "ok", "warn", "danger"] as const;

export function Words() {
  return (
    <>
      <Sheet id="notices" title="Notices">
        {TONES.map((tone) => (
          <Notice key={tone} tone={tone} title={`Notice, ${tone}`} action={<Button>One thing to do</Button>}>
            A sentence that says what happened and what it means for whoever reads it.
          </Notice>
        ))}
        <Notice>{LONG} has no title and no action.</Notice>
      </Sheet>
      <Sheet id="headers" title="Headers and ways">
        <Specimen name="PageHeader">
          <PageHeader
            title={LONG}
            lead="The one question that this page answers, answered."
            back={{ href: "#headers", label: "Agents" }}
            mark={<WhoMark kind="agent" large />}
            actions={<Button look="primary">New grant</Button>}
          />
        </Specimen>
        <Specimen name="PageTabs, ViewSwitch">
          <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
            <PageTabs
              label="Parts"
              tabs={["Access", "Activity", "Credentials", "Connect", "Settings"].map((label, index) => ({
                label,
                href: `#headers-${index}`,
                current: index === 1,
              }))}
            />
            <ViewSwitch
              label="Whose"
              choices={[
                { href: "#mine", words: "Mine", here: true },
                { href: "#all", words: "Everyone's", here: false },
              ]}
            />
          </div>
        </Specimen>
        <Specimen name="NavLink">
          <div className="grid max-w-56 gap-1">
            <NavLink href="/design" look="side">
              <House aria-hidden="true" />
              Here
            </NavLink>
            <NavLink href="/" look="side">
              <House aria-hidden="true" />
              Elsewhere
            </NavLink>
            <NavLink href="/design" look="bar">
              <House aria-hidden="true" />
              On a phone
            </NavLink>
          </div>
        </Specimen>
      </Sheet>
      <Sheet id="problems" title="Pages that could not be">
        <Problem code="wrong_issuer" title="This answer came from somebody else" action={<Button look="primary">Begin again</Button>}>
          Nothing was connected. A code, a sentence, one thing to do.
        </Problem>
        <Missing />
        <Broken digest="unavailable" retry={() => {}} />
        <Broken digest="bug req_0123456789abcdef" retry={() => {}} />
      </Sheet>
    </>
  );
}
