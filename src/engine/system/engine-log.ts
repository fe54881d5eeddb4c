// The engine's log: one line per message, appended at once, so that nothing is lost when the process is killed.
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

const DEFAULT_LIMIT = 5 * 1024 * 1024;

/**
 * Opens the log and gives the function that writes a line. Beyond `limit` bytes the file becomes `<file>.1`, and a new one begins. A line
 * that cannot be written, on a full disk, is lost: that must not end what it would have told of.
 */
export function openEngineLog(file: string, limit = DEFAULT_LIMIT): (message: string) => void {
  let descriptor = openSync(file, "a", 0o600);
  const write = (message: string): void => {
    // Shims append to the same file, so its size is asked for and not counted.
    if (fstatSync(descriptor).size >= limit) {
      closeSync(descriptor);
      renameSync(file, `${file}.1`);
      descriptor = openSync(file, "a", 0o600);
    }
    writeSync(descriptor, `${new Date().toISOString()} ${message.trimEnd().replaceAll("\n", "\n  ")}\n`);
  };
  let lost = 0;
  return (message) => {
    try {
      if (lost > 0) write(`${lost} lines could not be written here`);
      lost = 0;
      write(message);
    } catch {
      lost += 1;
    }
  };
}
