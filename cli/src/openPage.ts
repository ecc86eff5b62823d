import { spawn } from "node:child_process";

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // Not through cmd, which would read the address's own signs as commands.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens a page in the person's browser, where there is one. The address was printed already: failing is no matter. */
export async function openPage(page: string): Promise<void> {
  if (!URL.canParse(page) || !/^https?:$/.test(new URL(page).protocol)) return;
  const [command, ...before] = OPENERS[process.platform] ?? ["xdg-open"];
  await new Promise<void>((resolve) => {
    const child = spawn(command, [...before, page], { stdio: "ignore", detached: true });
    child.once("error", () => resolve());
    child.once("spawn", () => {
      child.unref();
      resolve();
    });
  });
}
