// What is kept of a container on disk, and the paths of its folder.
import { join } from "node:path";
import type { HealthState } from "../api-types/container.ts";
import type { EndpointSettings } from "../api-types/network.ts";
import type { ContainerRecord, PublishedPorts } from "../collaborators.ts";
import type { ContainerMount } from "./container-mount.ts";

export const NEVER = "0001-01-01T00:00:00Z";

/** The part of a container that changes as it runs. */
export interface RunState {
  /** A process exists, or did when this was written. */
  running: boolean;
  /** Waiting for the restart policy's delay. */
  restarting: boolean;
  /** Its processes are held still. */
  paused: boolean;
  oomKilled: boolean;
  /** 0 when not running. */
  pid: number;
  exitCode: number;
  error: string;
  startedAt: string;
  finishedAt: string;
  /** The profile that AppArmor was told at the last start; execs have the same. Empty: none. */
  apparmor: string;
}

/** `container.json`. */
export interface SavedContainer extends ContainerRecord {
  readonly version: 1;
  /** The image as the client named it. */
  readonly imageRef: string;
  mounts: readonly ContainerMount[];
  state: RunState;
  endpoints: Record<string, EndpointSettings>;
  ports: PublishedPorts;
  health?: HealthState;
  /** Restarts by the policy since the last manual start. */
  restartCount: number;
  /** Someone stopped or killed it: `unless-stopped` leaves it alone when the engine starts. */
  manuallyStopped: boolean;
  /** MAC address of an interface that is being added to the running container, or taken from it. */
  unsettledInterface?: string;
}

/** What is noted at every change of a run. */
export type ChangingPart = Pick<
  SavedContainer,
  "state" | "endpoints" | "ports" | "health" | "restartCount" | "manuallyStopped" | "unsettledInterface"
>;

/** A state that has never run. */
export function initialState(): RunState {
  return {
    running: false,
    restarting: false,
    paused: false,
    oomKilled: false,
    pid: 0,
    exitCode: 0,
    error: "",
    startedAt: NEVER,
    finishedAt: NEVER,
    apparmor: "",
  };
}

/** Names inside a container's folder. */
export const FILES = {
  record: "container.json",
  state: "state",
  log: "log",
  exit: "exit",
  control: "ctl",
  hosts: "hosts",
  hostname: "hostname",
  resolvConf: "resolv.conf",
  rootfs: "rootfs",
  writable: "layer",
} as const;

/** The folder of a container below the engine's state directory. */
export function containerFolder(root: string, id: string): string {
  return join(root, "containers", id);
}

/** Seconds and nanoseconds, as the shim counts them, in the API's notation. */
export function formatTime(seconds: number, nanoseconds: number): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanoseconds).padStart(9, "0")}Z`;
}

/** Now; the wall clock tells milliseconds. */
export function currentTime(): string {
  const milliseconds = Date.now();
  return formatTime(Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1_000_000);
}

/** Milliseconds since 1970 of a time in the API's notation; NaN for what is none. */
export function timeInMilliseconds(time: string): number {
  return Date.parse(time.replace(/(\.\d{3})\d*Z$/, "$1Z"));
}
