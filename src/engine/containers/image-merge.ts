// A container's configuration is what the request says on top of what the image says. Pure.
import { posix } from "node:path";
import type { ContainerCreateBody } from "../api-types/container.ts";
import type { ContainerConfig, Healthcheck } from "../api-types/container-config.ts";
import { EngineError } from "../errors.ts";
import { portName } from "./ports.ts";

/** The merged configuration; throws when it gives no command. `HostConfig` and `NetworkingConfig` are left out. */
export function mergeImageConfig(body: ContainerCreateBody, image: ContainerConfig): ContainerConfig {
  const { HostConfig: _host, NetworkingConfig: _networking, ...request } = body;
  const { Entrypoint, Cmd } = mergeCommand(request, image);
  const healthcheck = mergeHealthcheck(request.Healthcheck, image.Healthcheck);
  const stopSignal = request.StopSignal || image.StopSignal;
  const shell = request.Shell ?? image.Shell;
  const { Healthcheck: _healthcheck, ...rest } = request;
  return {
    ...rest,
    Hostname: request.Hostname ?? "",
    Domainname: request.Domainname ?? "",
    User: request.User || (image.User ?? ""),
    AttachStdin: request.AttachStdin ?? false,
    AttachStdout: request.AttachStdout ?? false,
    AttachStderr: request.AttachStderr ?? false,
    Tty: request.Tty ?? false,
    OpenStdin: request.OpenStdin ?? false,
    StdinOnce: request.StdinOnce ?? false,
    Env: mergeEnv(request.Env ?? [], image.Env ?? []),
    Cmd,
    Entrypoint,
    Image: request.Image ?? "",
    Volumes: { ...image.Volumes, ...request.Volumes },
    ExposedPorts: { ...normalisePorts(image.ExposedPorts), ...normalisePorts(request.ExposedPorts) },
    WorkingDir: workingDirectory(request.WorkingDir || (image.WorkingDir ?? "")),
    Labels: { ...image.Labels, ...request.Labels },
    ...(healthcheck === undefined ? {} : { Healthcheck: healthcheck }),
    ...(stopSignal ? { StopSignal: stopSignal } : {}),
    ...(shell ? { Shell: shell } : {}),
  };
}

/** What an image of a container is configured like: what its client asks for on top of what the container has. */
export function committedConfig(asked: ContainerConfig, container: ContainerConfig): ContainerConfig {
  const changes = said(asked);
  return { ...container, ...changes, ...mergeImageConfig(changes, container) };
}

/** Clients send every field; those that say nothing leave what there is. */
function said(config: ContainerConfig): ContainerConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => says(value)));
}

function says(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== "" && value !== false && value !== 0;
}

/** What the container executes: the entrypoint and then the command. */
export function commandLine(config: ContainerConfig): string[] {
  return [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
}

function mergeCommand(
  request: ContainerConfig,
  image: ContainerConfig,
): { Entrypoint: string[] | null; Cmd: string[] | null } {
  const asked = request.Entrypoint ?? [];
  const reset = asked.length === 1 && asked[0] === "";
  const own = reset || asked.length > 0;
  const requested = request.Cmd ?? [];
  const Entrypoint = reset ? null : own ? asked : (image.Entrypoint ?? null);
  const Cmd = requested.length > 0 ? requested : own ? null : (image.Cmd ?? null);
  if ((Entrypoint ?? []).length === 0 && (Cmd ?? []).length === 0) {
    throw new EngineError("invalid", "no command specified");
  }
  return { Entrypoint, Cmd };
}

function mergeEnv(asked: readonly string[], image: readonly string[]): string[] {
  const names = new Set(asked.map((entry) => entry.split("=", 1)[0]));
  return [...asked, ...image.filter((entry) => !names.has(entry.split("=", 1)[0]))];
}

function mergeHealthcheck(asked?: Healthcheck, image?: Healthcheck): Healthcheck | undefined {
  if (asked === undefined || asked === null) return image;
  if (image === undefined) return asked;
  const merged: Healthcheck = { ...image };
  if (asked.Test !== undefined && asked.Test.length > 0) merged.Test = asked.Test;
  for (const field of ["Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"] as const) {
    const value = asked[field];
    if (value !== undefined && value !== 0) merged[field] = value;
  }
  return merged;
}

function workingDirectory(path: string): string {
  if (path === "") return "";
  if (!path.startsWith("/")) {
    throw new EngineError(
      "invalid",
      `the working directory '${path}' is invalid, it needs to be an absolute path`,
    );
  }
  return posix.normalize(path).replace(/(?<=.)\/$/, "");
}

function normalisePorts(ports: Readonly<Record<string, object>> | undefined): Record<string, object> {
  return Object.fromEntries(
    Object.entries(ports ?? {}).map(([port, value]) => [portName(port), value ?? {}]),
  );
}
