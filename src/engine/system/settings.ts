// Where this engine keeps its state, where it listens, and how long it stays.
import { isAbsolute, join, resolve } from "node:path";
import { EGRESS_WISHES } from "../native/ways-out.ts";
import type { EgressWish } from "../native/ways-out.ts";

/** What the environment says, with defaults filled in. */
export interface Settings {
  /** State directory, absolute. */
  readonly root: string;
  /** Path of the API's unix socket, absolute. */
  readonly socket: string;
  /** Seconds without a client and without a running container after which the engine leaves; 0: never. */
  readonly idleSeconds: number;
  /** How containers are to leave for the world. */
  readonly egress: EgressWish;
}

/** What decides about the defaults. */
export interface SettingsSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly home: string;
}

const DEFAULT_IDLE_SECONDS = 300;

function absolute(name: string, path: string): string {
  if (!isAbsolute(path)) throw new Error(`${name} must be an absolute path, and is "${path}"`);
  return resolve(path);
}

function idleSeconds(value: string | undefined): number {
  if (value === undefined || value === "") return DEFAULT_IDLE_SECONDS;
  const seconds = Number(value);
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new Error(`SLIPWAY_IDLE_SECONDS must be a number of seconds, 0 or more, and is "${value}"`);
  }
  return seconds;
}

function egressWish(value: string | undefined): EgressWish {
  const wish = EGRESS_WISHES.find((one) => one === (value || "auto"));
  if (wish === undefined)
    throw new Error(`SLIPWAY_EGRESS must be one of ${EGRESS_WISHES.join(", ")}, and is "${value ?? ""}"`);
  return wish;
}

/** Reads SLIPWAY_ROOT, SLIPWAY_SOCKET, SLIPWAY_IDLE_SECONDS and SLIPWAY_EGRESS. Throws Error saying which is malformed. */
export function readSettings({ env, uid, home }: SettingsSource): Settings {
  const givenRoot = env["SLIPWAY_ROOT"] || undefined;
  const dataHome = env["XDG_DATA_HOME"] || join(home, ".local", "share");
  const root = absolute(
    "SLIPWAY_ROOT",
    givenRoot ?? (uid === 0 ? "/var/lib/slipway" : join(dataHome, "slipway")),
  );
  const runtime = env["XDG_RUNTIME_DIR"] || undefined;
  let socket = "/run/slipway/engine.sock";
  // A state directory of one's own is an engine of one's own: it must not take the usual socket.
  if (givenRoot !== undefined) socket = join(root, "engine.sock");
  else if (uid !== 0)
    socket = runtime ? join(runtime, "slipway", "engine.sock") : join(root, "run", "engine.sock");
  return {
    root,
    socket: absolute("SLIPWAY_SOCKET", env["SLIPWAY_SOCKET"] || socket),
    idleSeconds: idleSeconds(env["SLIPWAY_IDLE_SECONDS"]),
    egress: egressWish(env["SLIPWAY_EGRESS"]),
  };
}
