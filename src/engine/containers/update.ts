// Changing what a container was created with: its limits, at once where it runs, and its restart policy.
import { writeFileSync } from "node:fs";
import type { ContainerUpdateBody, HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";
import { cgroupWarnings } from "./cgroup-warnings.ts";
import { planContainerCgroups } from "./container-cgroups.ts";
import type { Container } from "./container.ts";
import { checkLimits } from "./host-config.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";
import { checkProcessorsHere } from "./processors.ts";

const NUMBERS = [
  "BlkioWeight",
  "CpuPeriod",
  "CpuQuota",
  "CpuShares",
  "KernelMemoryTCP",
  "Memory",
  "MemoryReservation",
  "MemorySwap",
  "NanoCpus",
] as const;
const TEXTS = ["CpusetCpus", "CpusetMems"] as const;

/** To be called in the container's turn. What cannot be set is refused, and everything is as before. */
export async function updateContainer(
  parts: Parts,
  container: Container,
  body: ContainerUpdateBody,
): Promise<{ Warnings: string[] }> {
  if (container.removing || container.gone) {
    throw new EngineError(
      "conflict",
      `container ${container.id} is marked for removal and cannot be updated`,
    );
  }
  const { hostConfig } = container.saved;
  const changes = changesOf(hostConfig, body);
  const next: HostConfig = { ...hostConfig, ...changes };
  checkLimits(next);
  checkProcessorsHere(changes, parts.context.cgroups);
  const before = { ...hostConfig };
  Object.assign(hostConfig, changes);
  try {
    if (container.shim !== undefined) applyLimits(parts, container);
    await parts.store.save(container);
  } catch (error) {
    Object.assign(hostConfig, before);
    if (container.shim !== undefined) applyLimits(parts, container);
    throw error;
  }
  emitContainer(parts, container, "update");
  const { KernelMemory = 0 } = body; // accepted, and never kept
  return { Warnings: cgroupWarnings(parts.context.cgroups, { ...changes, KernelMemory }) };
}

/** Zero and empty mean "as it is". */
function changesOf(host: HostConfig, body: ContainerUpdateBody): Partial<HostConfig> {
  const changes: Partial<HostConfig> = {};
  for (const field of NUMBERS) if (body[field]) changes[field] = body[field] as number;
  for (const field of TEXTS) if (body[field]) changes[field] = body[field] as string;
  if (body.PidsLimit !== undefined && body.PidsLimit !== null) changes.PidsLimit = body.PidsLimit;
  const memory = changes.Memory ?? 0;
  if (
    memory > 0 &&
    changes.MemorySwap === undefined &&
    (host.MemorySwap ?? 0) > 0 &&
    memory > (host.MemorySwap ?? 0)
  ) {
    throw new EngineError(
      "invalid",
      "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time",
    );
  }
  if (body.RestartPolicy?.Name) {
    if (host.AutoRemove && body.RestartPolicy.Name !== "no") {
      throw new EngineError(
        "invalid",
        "Restart policy cannot be updated because AutoRemove is enabled for the container",
      );
    }
    changes.RestartPolicy = {
      Name: body.RestartPolicy.Name,
      MaximumRetryCount: body.RestartPolicy.MaximumRetryCount ?? 0,
    };
  }
  return changes;
}

/** Two limits that bound each other can only be moved in one order, which depends on the direction: what is refused is tried again. */
function applyLimits(parts: Parts, container: Container): void {
  const settings = planContainerCgroups(parts.context.cgroups, container.saved).directives.flatMap(
    ([name, file, value]) =>
      name === "cgroup-set" && file !== undefined && !file.includes("/devices.")
        ? [{ file, value: value ?? "" }]
        : [],
  );
  const refused = settings.filter((setting) => set(setting) !== undefined);
  for (const setting of refused) {
    const error = set(setting);
    if (error === undefined) continue;
    throw new EngineError("failed", `Cannot update container ${container.id}: ${error.message}`, {
      cause: error,
    });
  }
}

function set(setting: { readonly file: string; readonly value: string }): Error | undefined {
  try {
    writeFileSync(setting.file, setting.value);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
