import { refreshDue } from "../connections/refreshDue";
import type { Sweep } from "../sweeps";

/** What is done regularly where the keys are: by the refresher, or by the one process that does all. */
export const REFRESHER_SWEEPS: readonly Sweep[] = [["renew access before it ends", (core, stopping) => refreshDue(core, { stopping })]];
