import type { Connector } from "./connector";
import { demo } from "./demo";

/** The pretend SaaS once more, as a service that cannot cut a token: there the person gives a grant a consent of its own. */
export const demoBoard: Connector = {
  ...demo,
  id: "demo-board",
  name: "Demo Board",
  summary: "The same pretend tracker, as a service that cannot make a token narrower. Nothing in it is real.",
  tile: { letters: "DB", color: "#7c3aed" },
  tokens: { ...demo.tokens, narrowing: { how: "none" } },
  readRegistration: "works",
};
