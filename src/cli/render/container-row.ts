// A container as `ps` shows it: docker compose's columns, and its JSON keys.
import type { ContainerListItem } from "../../client/index.ts";
import { LABEL } from "../../planner/index.ts";
import type { ProjectContainer } from "../project-containers.ts";
import type { TemplateData } from "./template.ts";

/** Whether long values are cut, and the time that ages are counted from (milliseconds since 1970). */
export interface RowView {
  readonly truncate: boolean;
  readonly now: number;
}

const COMMAND_LENGTH = 20;
const MOUNT_LENGTH = 15;
const SHORT_ID_LENGTH = 12;

/** The table's heading. */
export const PS_HEADING = ["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"] as const;

/** The table's row. */
export function psRow(container: ProjectContainer, view: RowView): string[] {
  const { item, name, service } = container;
  return [
    name,
    item.Image,
    quoteCommand(item.Command, view),
    service,
    `${formatAge(view.now / 1000 - item.Created)} ago`,
    item.Status,
    formatPorts(item.Ports),
  ];
}

/** The object of `--format json`, keys in alphabetical order. */
export function psRecord(container: ProjectContainer, view: RowView): Readonly<Record<string, unknown>> {
  const { item, name, service, id } = container;
  const mounts = (item.Mounts ?? []).map((mount) => mount.Name ?? mount.Source ?? mount.Destination);
  return {
    Command: quoteCommand(item.Command, view),
    CreatedAt: formatTime(item.Created),
    ExitCode: exitCodeOf(item),
    Health: healthOf(item),
    ID: view.truncate ? id.slice(0, SHORT_ID_LENGTH) : id,
    Image: item.Image,
    Labels: Object.entries(item.Labels)
      .map(([key, text]) => `${key}=${text}`)
      .join(","),
    LocalVolumes: String((item.Mounts ?? []).filter(({ Type }) => Type === "volume").length),
    Mounts: mounts.map((mount) => (view.truncate ? ellipsis(mount, MOUNT_LENGTH) : mount)).join(","),
    Name: name,
    Names: item.Names.map((each) => each.replace(/^\//, "")).join(","),
    Networks: Object.keys(item.NetworkSettings?.Networks ?? {}).join(","),
    Ports: formatPorts(item.Ports),
    Project: item.Labels[LABEL.project] ?? "",
    Publishers: publishersOf(item),
    RunningFor: `${formatAge(view.now / 1000 - item.Created)} ago`,
    Service: service,
    Size: "0B",
    State: item.State,
    Status: item.Status,
  };
}

/** What a template sees of a container: the keys of `--format json`, and `.Label "key"`. */
export function psTemplateData(container: ProjectContainer, view: RowView): TemplateData {
  const { Labels } = container.item;
  return { ...psRecord(container, view), Label: (key: string) => Labels[key] ?? "" };
}

/** The heading above each field of a `table` template. */
export const PS_TEMPLATE_HEADINGS: TemplateData = {
  Command: "COMMAND",
  CreatedAt: "CREATED AT",
  ExitCode: "EXIT CODE",
  Health: "HEALTH",
  ID: "CONTAINER ID",
  Image: "IMAGE",
  Labels: "LABELS",
  LocalVolumes: "LOCAL VOLUMES",
  Mounts: "MOUNTS",
  Name: "NAME",
  Names: "NAMES",
  Networks: "NETWORKS",
  Ports: "PORTS",
  Project: "PROJECT",
  Publishers: "PUBLISHERS",
  RunningFor: "CREATED",
  Service: "SERVICE",
  Size: "SIZE",
  State: "STATE",
  Status: "STATUS",
  Label: (key: string) => key.slice(key.lastIndexOf(".") + 1).replaceAll(/[-_]/g, " "),
};

/** `0.0.0.0:8080->80/tcp, 443/tcp`: published ports first. */
export function formatPorts(ports: ContainerListItem["Ports"]): string {
  const texts = ports.map(({ IP, PrivatePort, PublicPort, Type }) => {
    if (PublicPort === undefined || PublicPort === 0) return `${PrivatePort}/${Type}`;
    const address = IP?.includes(":") === true ? `[${IP}]` : (IP ?? "");
    return `${address}:${PublicPort}->${PrivatePort}/${Type}`;
  });
  const published = texts.filter((text) => text.includes("->"));
  const others = texts.filter((text) => !text.includes("->"));
  return [...published, ...others].join(", ");
}

/** How long a time is, in docker's words: "5 minutes", "About an hour". Takes seconds. */
export function formatAge(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(seconds / 3600);
  if (seconds < 1) return "Less than a second";
  if (seconds < 2) return "1 second";
  if (seconds < 60) return `${Math.floor(seconds)} seconds`;
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}

function quoteCommand(command: string, view: RowView): string {
  return JSON.stringify(view.truncate ? ellipsis(command, COMMAND_LENGTH) : command);
}

function ellipsis(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Engines tell it only in words: "Exited (3) 2 minutes ago". */
function exitCodeOf(item: ContainerListItem): number {
  if (item.State !== "exited" && item.State !== "dead") return 0;
  return Number(/\((\d+)\)/.exec(item.Status)?.[1] ?? 0);
}

function healthOf(item: ContainerListItem): string {
  if (item.State !== "running") return "";
  const text = /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(item.Status)?.[1];
  return text ?? "";
}

function publishersOf(item: ContainerListItem): object[] {
  return item.Ports.map(({ IP, PrivatePort, PublicPort, Type }) => ({
    URL: IP ?? "",
    TargetPort: PrivatePort,
    PublishedPort: PublicPort ?? 0,
    Protocol: Type,
  })).toSorted((a, b) => a.TargetPort - b.TargetPort);
}

/** `2006-01-02 15:04:05 +0100 CET`, local time. Takes seconds since 1970. */
function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const offset = -date.getTimezoneOffset();
  const hours = two(Math.floor(Math.abs(offset) / 60));
  const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" })
    .formatToParts(date)
    .find(({ type }) => type === "timeZoneName");
  return `${day} ${time} ${offset < 0 ? "-" : "+"}${hours}${two(Math.abs(offset) % 60)} ${zone?.value ?? "UTC"}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
