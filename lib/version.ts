import own from "../package.json" with { type: "json" };

/** Of this Valet, as its package says. */
export const VERSION: string = own.version;
