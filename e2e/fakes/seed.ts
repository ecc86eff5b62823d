export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: string;
}

export interface Issue {
  readonly id: number;
  title: string;
  body: string;
  state: "open" | "closed";
  labels: string[];
  readonly author: string;
  assignee: string | null;
  comments: Comment[];
  readonly createdAt: string;
  updatedAt: string;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  /** Lower-case hex of what was uploaded; null for seeded files. */
  readonly sha256: string | null;
  readonly author: string;
  readonly createdAt: string;
}

export interface Seed {
  issues: Issue[];
  files: StoredFile[];
}

type Row = [title: string, body: string, state: "open" | "closed", labels: string[], author: string, assignee?: string];

const ROWS: Row[] = [
  [
    "Invoices show last month's VAT rate",
    "Customers in Austria see 19 % on invoices from 1 November on.",
    "open",
    ["bug", "billing"],
    "grace",
    "ada",
  ],
  [
    "Export of orders times out above 50,000 rows",
    "The CSV export answers 504 after a minute. Nightly reports depend on it.",
    "open",
    ["bug", "export"],
    "linus",
    "linus",
  ],
  [
    "Let customers pick a delivery window",
    "Two windows a day would already remove most calls to support.",
    "open",
    ["feature", "shop"],
    "ada",
  ],
  [
    "Move the image thumbnails to the new bucket",
    "The old bucket is closed at the end of the year.",
    "open",
    ["chore", "storage"],
    "linus",
    "grace",
  ],
  [
    "Password reset mail lands in spam at one provider",
    "DKIM passes, DMARC does not: the return path is another domain.",
    "closed",
    ["bug", "mail"],
    "grace",
    "grace",
  ],
  ["Describe the release checklist", "New colleagues ask for it every time.", "open", ["docs"], "ada", "ada"],
  ["Search ignores umlauts", '"Müller" finds nothing, "Muller" does.', "open", ["bug", "search"], "linus"],
  ["Rate limit the public price feed", "One partner polls it four times a second.", "closed", ["security", "api"], "ada", "linus"],
  ["Basket empties after sign-in", "Only when the visitor had two tabs open.", "open", ["bug", "shop"], "grace", "ada"],
  ["Dark colours for the warehouse screens", "The night shift asked for it.", "open", ["feature", "design"], "linus"],
  ["Renew the certificate of the label printer", "It expires on 14 December.", "open", ["chore", "security"], "grace", "linus"],
  ["Drop support for the old import format", "Nobody has sent one since March.", "closed", ["chore", "import"], "ada", "grace"],
];

const FILES: [name: string, type: string, sizeBytes: number, author: string][] = [
  ["release-checklist.md", "text/markdown", 2_148, "ada"],
  ["prices-2026-q4.csv", "text/csv", 184_320, "grace"],
  ["architecture.svg", "image/svg+xml", 36_902, "linus"],
  ["delivery-contract.pdf", "application/pdf", 912_384, "grace"],
  ["warehouse-photos.zip", "application/zip", 8_388_608, "linus"],
];

/** Days before this date, so that a demo looks the same every time. */
const LAST_DAY_MS = Date.UTC(2026, 10, 20, 9, 30);
const DAY_MS = 86_400_000;

function daysBefore(days: number): string {
  return new Date(LAST_DAY_MS - days * DAY_MS).toISOString();
}

function toIssue([title, body, state, labels, author, assignee]: Row, index: number): Issue {
  const createdAt = daysBefore(2 * (ROWS.length - index));
  const comments = index % 4 === 0 ? [{ id: 1, author: "linus", body: "I can reproduce this.", createdAt }] : [];
  const updatedAt = createdAt;
  return {
    id: index + 1,
    title,
    body,
    state,
    labels,
    author,
    assignee: assignee ?? null,
    comments,
    createdAt,
    updatedAt,
  };
}

/** What a shop of a dozen people would have in its tracker: 12 issues, 5 files. */
export const SMALL_COMPANY: Seed = {
  issues: ROWS.map(toIssue),
  files: FILES.map(([name, type, sizeBytes, author], index) => ({
    id: `file-${index + 1}`,
    name,
    type,
    sizeBytes,
    sha256: null,
    author,
    createdAt: daysBefore(3 * (FILES.length - index)),
  })),
};

export const DEMO_PEOPLE = [
  { id: "user-1", login: "ada", name: "Ada Lovelace" },
  { id: "user-2", login: "grace", name: "Grace Hopper" },
  { id: "user-3", login: "linus", name: "Linus Berg" },
] as const;
