/** Files of app/_ui that /design does not show, and why. A test holds this list to what is there. */
export const NOT_SHOWN: Readonly<Record<string, string>> = {
  Shell: "stands around every page of the console; photographed on the account page",
  Keyboard: "listens, and draws nothing itself",
  Palette: "a dialog over what a person has; photographed on the account page",
  Dialog: "the box of the palette and of the keys, which is photographed there",
  Arriving: "lies over a page for a moment while the next is under way; held by e2e/pageSafety.spec.ts",
  Live: "draws nothing",
  Leaving: "leaves the page as soon as it is drawn",
};
