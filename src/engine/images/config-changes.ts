// The `changes` of an import: lines of a Dockerfile that alter the image's configuration.
import type { ContainerConfig } from "../api-types/container-config.ts";
import { EngineError } from "../errors.ts";

type Change = (config: ContainerConfig, argument: string) => void;

const changes: Readonly<Record<string, Change>> = {
  CMD: (config, argument) => {
    config.Cmd = commandLine(argument);
  },
  ENTRYPOINT: (config, argument) => {
    config.Entrypoint = commandLine(argument);
  },
  ENV: (config, argument) => {
    for (const [key, value] of pairs(argument)) {
      const others = (config.Env ?? []).filter((entry) => !entry.startsWith(`${key}=`));
      config.Env = [...others, `${key}=${value}`];
    }
  },
  EXPOSE: (config, argument) => {
    for (const port of words(argument)) {
      if (!/^\d+(-\d+)?(\/(tcp|udp|sctp))?$/.test(port)) throw new Error(`invalid port ${port}`);
      config.ExposedPorts = { ...config.ExposedPorts, [port.includes("/") ? port : `${port}/tcp`]: {} };
    }
  },
  LABEL: (config, argument) => {
    config.Labels = { ...config.Labels, ...Object.fromEntries(pairs(argument)) };
  },
  STOPSIGNAL: (config, argument) => {
    config.StopSignal = argument;
  },
  USER: (config, argument) => {
    config.User = argument;
  },
  VOLUME: (config, argument) => {
    for (const path of jsonList(argument) ?? words(argument))
      config.Volumes = { ...config.Volumes, [path]: {} };
  },
  WORKDIR: (config, argument) => {
    const base = argument.startsWith("/") ? "" : (config.WorkingDir ?? "/");
    config.WorkingDir = base === "" ? argument : `${base.replace(/\/$/, "")}/${argument}`;
  },
};

/** The configuration that the lines make of `base`. Throws EngineError (invalid) for a line that is not one of these, with its reason. */
export function applyChanges(lines: readonly string[], base: ContainerConfig = {}): ContainerConfig {
  const config = structuredClone(base);
  for (const line of lines.flatMap((text) => text.split("\n"))) {
    const match = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line);
    if (match === null && line.trim() === "") continue;
    const instruction = (match?.[1] ?? line.trim()).toUpperCase();
    const change = changes[instruction];
    if (change === undefined)
      throw new EngineError("invalid", `${instruction} is not a valid change command`);
    try {
      change(config, match?.[2] ?? "");
    } catch (error) {
      throw new EngineError("invalid", `${instruction}: ${(error as Error).message}`, { cause: error });
    }
  }
  return config;
}

function commandLine(argument: string): string[] {
  return jsonList(argument) ?? ["/bin/sh", "-c", argument];
}

function jsonList(argument: string): string[] | undefined {
  if (!argument.startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(argument);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
  } catch {
    return undefined; // a command that begins with a bracket, such as `[ -f /x ]`
  }
}

/** `key value` as one pair, or `key=value key2="value 2"`. */
function pairs(argument: string): [string, string][] {
  const parts = words(argument);
  const first = parts[0];
  if (first === undefined) throw new Error("it needs at least one argument");
  if (!first.includes("=")) return [[first, argument.slice(first.length).trim()]];
  return parts.map((part) => {
    const at = part.indexOf("=");
    if (at < 1) throw new Error(`expected name=value, found ${part}`);
    return [part.slice(0, at), part.slice(at + 1)];
  });
}

/** Words as a shell splits them: quotes and backslashes, no expansion. */
function words(argument: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < argument.length; at++) {
    const character = argument.charAt(at);
    if (character === "\\" && quote !== "'") {
      at += 1;
      word = (word ?? "") + argument.charAt(at);
    } else if (quote !== "" ? character === quote : character === '"' || character === "'") {
      quote = quote === "" ? character : "";
      word ??= "";
    } else if (quote === "" && /\s/.test(character)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== "") throw new Error("a quote is not closed");
  if (word !== undefined) found.push(word);
  return found;
}
