import type { Exception } from "./connector";

const REPO = "/repos/*/*";

const LINK_IS_A_KEY =
  "GitHub answers this with a link that opens the download for whoever has it, and Valet could not take that back. Read the files one by one through /contents or /git.";

const downloads = [
  ...["tarball/**", "zipball/**", "actions/artifacts/*/*", "actions/runs/*/logs"],
  ...["actions/runs/*/attempts/*/logs", "actions/jobs/*/logs"],
];

/** Downloads that GitHub answers with a link that is itself a key, whichever kind of app asks. */
export const linkExceptions: readonly Exception[] = downloads.map((path) => ({
  methods: ["GET"],
  path: `${REPO}/${path}`,
  why: LINK_IS_A_KEY,
}));

/** GitHub's links to further pages name a repository by its number. */
export const linkSpellings = [["/repositories/*", "/repos/*/*"]] as const;
