"use client";

import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { type Key, type Pressed, readPress } from "./keys";
import { OPEN_PALETTE } from "./PaletteButton";

export interface Deeds {
  readonly signOut: () => Promise<void>;
  readonly setTheme: (form: FormData) => Promise<void>;
  readonly setDensity: (form: FormData) => Promise<void>;
}

interface Props extends Deeds {
  readonly places: readonly { readonly href: string; readonly words: string }[];
}

/** Fetched when first wanted, so that no page carries them. */
const fetchPalette = () => import("./Palette");
const Palette = dynamic(() => fetchPalette().then(({ Palette: found }) => found), { ssr: false });
const KeysDialog = dynamic(() => import("./KeysDialog").then(({ KeysDialog: found }) => found), { ssr: false });

const FILTER =
  "#content :is([data-filter], [type=search], [role=search] input, form[aria-label^=Filter] :is(input:not([type=hidden]), select))";

/** Listens to the keys of every signed-in page. Draws nothing until one of its dialogs is wanted. */
export function Keyboard({ places, ...deeds }: Props) {
  const router = useRouter();
  const [shown, show] = useState<"palette" | "keys" | null>(null);
  const held = useRef<Pressed | null>(null);
  useEffect(() => {
    function run(does: Key["does"]): boolean {
      if ("go" in does) router.push(does.go);
      else if ("show" in does) show(does.show);
      else return focusFilter();
      return true;
    }
    function onKey(event: KeyboardEvent) {
      // The chunk is on its way before the K is.
      if (event.key === "Control" || event.key === "Meta") fetchPalette().catch(() => {});
      if (event.defaultPrevented || event.isComposing || isModifier(event.key)) return;
      const { key, timeStamp: at, altKey: alt } = event;
      const { does, held: next } = readPress({ key, at, alt, ctrl: event.ctrlKey || event.metaKey, typing: isBusy(event) }, held.current);
      held.current = next;
      if (does && run(does)) event.preventDefault();
    }
    const open = () => show("palette");
    window.addEventListener("keydown", onKey);
    window.addEventListener(OPEN_PALETTE, open);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener(OPEN_PALETTE, open);
    };
  }, [router]);
  const close = () => show(null);
  if (shown === "palette") return <Palette places={places} deeds={deeds} close={close} showKeys={() => show("keys")} />;
  return shown === "keys" ? <KeysDialog close={close} /> : null;
}

function isModifier(key: string): boolean {
  return key === "Shift" || key === "Control" || key === "Meta" || key === "Alt";
}

/** Somebody types, or a question waits for an answer. Single keys can be switched off in their dialog. */
function isBusy({ target }: KeyboardEvent): boolean {
  if (localStorage.getItem(SINGLE_KEYS) === "off" || document.querySelector("dialog:modal")) return true;
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

/** Where it is kept that this browser wants no single keys (WCAG 2.1.4). */
export const SINGLE_KEYS = "valet-single-keys";

function focusFilter(): boolean {
  const fields = [...document.querySelectorAll<HTMLElement>(FILTER)];
  const field = fields.find((one) => one.checkVisibility());
  field?.focus();
  return field !== undefined;
}
