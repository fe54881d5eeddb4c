// Which volumes are to go with a container's folder, written in the folder itself: an engine that is killed while it makes or removes a
// container leaves the next one a note of what to finish.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NOTE = "doomed-volumes";

/** Writes the note; takes it away when there are none. */
export function noteDoomedVolumes(folder: string, volumes: readonly string[]): void {
  const file = join(folder, NOTE);
  if (volumes.length > 0) {
    writeFileSync(`${file}.new`, volumes.join("\n"), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } else rmSync(file, { force: true });
}

/** What a note says. */
export function doomedVolumes(folder: string): string[] {
  const file = join(folder, NOTE);
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((name) => name !== "")
    : [];
}
