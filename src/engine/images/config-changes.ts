// The `changes` of an import or commit: lines of a Dockerfile that alter the image's configuration.
import type { ContainerConfig } from "../api-types/container-config.ts";
import { EngineError } from "../errors.ts";
import { parseSignal } from "../signals.ts";
import { expand, jsonList, pairs, words } from "./change-words.ts";
import { parseHealthcheck } from "./health-change.ts";

type Variables = ReadonlyMap<string, string>;
type Change = (config: ContainerConfig, argument: string, variables: Variables) => void;

const changes: Readonly<Record<string, Change>> = {
  CMD: (config, argument) => {
    config.Cmd = commandLine(argument);
  },
  ENTRYPOINT: (config, argument) => {
    config.Entrypoint = commandLine(argument);
  },
  ENV: (config, argument, variables) => {
    for (const [key, value] of pairs("ENV", argument, variables)) {
      const others = (config.Env ?? []).filter((entry) => !entry.startsWith(`${key}=`));
      config.Env = [...others, `${key}=${value}`];
    }
  },
  EXPOSE: (config, argument, variables) => {
    for (const port of needed("EXPOSE", words(argument, variables)).flatMap(portsOf))
      config.ExposedPorts = { ...config.ExposedPorts, [port]: {} };
  },
  HEALTHCHECK: (config, argument) => {
    config.Healthcheck = parseHealthcheck(argument);
  },
  LABEL: (config, argument, variables) => {
    config.Labels = { ...config.Labels, ...Object.fromEntries(pairs("LABEL", argument, variables)) };
  },
  ONBUILD: (config, argument) => {
    const trigger = /^\S*/.exec(argument)?.[0].toUpperCase() ?? "";
    if (trigger === "") throw new Error("ONBUILD requires at least one argument");
    if (trigger === "ONBUILD") throw new Error("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
    if (trigger === "FROM" || trigger === "MAINTAINER") {
      throw new Error(`${trigger} isn't allowed as an ONBUILD trigger`);
    }
    config.OnBuild = [...(config.OnBuild ?? []), argument];
  },
  STOPSIGNAL: (config, argument, variables) => {
    const signal = only("STOPSIGNAL", argument, variables);
    parseSignal(signal);
    config.StopSignal = signal;
  },
  USER: (config, argument, variables) => {
    config.User = only("USER", argument, variables);
  },
  VOLUME: (config, argument, variables) => {
    const paths = needed("VOLUME", jsonList(argument) ?? words(argument, variables));
    if (paths.includes("")) throw new Error("VOLUME specified can not be an empty string");
    for (const path of paths) config.Volumes = { ...config.Volumes, [path]: {} };
  },
  WORKDIR: (config, argument, variables) => {
    const path = only("WORKDIR", argument, variables);
    config.WorkingDir = path.startsWith("/")
      ? path
      : `${(config.WorkingDir || "/").replace(/\/$/, "")}/${path}`;
  },
};

/** The configuration that the lines make of `base`. Throws EngineError (invalid) for a line that is not one of these, with its reason. */
export function applyChanges(lines: readonly string[], base: ContainerConfig = {}): ContainerConfig {
  const config = structuredClone(base);
  const seen = new Set<string>();
  for (const line of lines.flatMap((text) => text.split("\n"))) {
    if (line.trimStart().startsWith("#")) continue;
    const match = /^\s*([A-Za-z]+)(?:\s+(.*?))?\s*$/.exec(line);
    if (match === null && line.trim() === "") continue;
    const instruction = match?.[1] ?? line.trim();
    const change = changes[instruction.toUpperCase()];
    seen.add(instruction.toUpperCase());
    if (change === undefined)
      throw new EngineError("invalid", `${instruction.toLowerCase()} is not a valid change command`);
    try {
      change(config, match?.[2] ?? "", variablesOf(config));
    } catch (error) {
      throw new EngineError("invalid", (error as Error).message, { cause: error });
    }
  }
  // A command of before was meant for the entrypoint of before.
  if (seen.has("ENTRYPOINT") && !seen.has("CMD")) delete config.Cmd;
  return config;
}

function variablesOf({ Env }: ContainerConfig): Variables {
  return new Map(
    (Env ?? []).map((entry) => {
      const at = entry.indexOf("=");
      return at < 0 ? [entry, ""] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

function commandLine(argument: string): string[] {
  if (argument === "") return [];
  return jsonList(argument) ?? ["/bin/sh", "-c", argument];
}

/** The whole argument as one. */
function only(instruction: string, argument: string, variables: Variables): string {
  if (argument === "") throw new Error(`${instruction} requires exactly one argument`);
  return expand(argument, variables);
}

function needed(instruction: string, found: readonly string[]): readonly string[] {
  if (found.length === 0) throw new Error(`${instruction} requires at least one argument`);
  return found;
}

/** Each port of `80`, `80/udp` or `80-82/tcp`. */
function portsOf(text: string): string[] {
  const [, first, last = first, protocol = "tcp"] =
    /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from < 1 || to > 65_535 || from > to)
    throw new Error(`Invalid containerPort: ${text}`);
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol.toLowerCase()}`);
}
