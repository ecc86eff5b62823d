const OS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32", "windows"];
const CPU = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "ppc64le", "riscv64", "s390x", "wasm32", "x64"];

/** Adds what is missing and removes addresses, in place. Answers with what was done, one sentence each. */
export function completeLock(lock) {
  const { packages } = lock;
  const done = [];
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isThere(packages, path, name)) continue;
      packages[`node_modules/${name}`] = { version: range.replace(/^[\^~]/, ""), ...markers(entry), optional: true, ...platform(name) };
      done.push(`added ${name}`);
    }
    if (entry.resolved && !entry.link) {
      delete entry.resolved;
      done.push(`removed the address of ${path}`);
    }
  }
  lock.packages = sorted(packages);
  return done;
}

const markers = ({ dev, devOptional }) => (dev ? { dev } : devOptional ? { devOptional } : {});

/** As Node finds it: beside the package, or in any folder above. */
function isThere(packages, path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (packages[`${at ? `${at}/` : ""}node_modules/${name}`]) return true;
    if (!at) return false;
  }
}

/** `@x/y-linux-arm64-musl` runs on Linux, arm64 and musl. */
function platform(name) {
  const words = name.replace(/^@[^/]+\//, "").split(/[-_]/);
  const os = words.find((word) => OS.includes(word));
  const cpu = words.find((word) => CPU.includes(word));
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : words.some((word) => word.startsWith("gnu")) ? "glibc" : undefined;
  return {
    ...(os && { os: [os === "windows" ? "win32" : os] }),
    ...(cpu && { cpu: [cpu] }),
    ...(libc && os === "linux" && { libc: [libc] }),
  };
}

function sorted(packages) {
  return Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
