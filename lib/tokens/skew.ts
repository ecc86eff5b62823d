/** How far two clocks may differ: an agent's, a platform's or another process's, and ours. What ends is not lengthened by it for us. */
export const CLOCK_SKEW_SECONDS = 120;
