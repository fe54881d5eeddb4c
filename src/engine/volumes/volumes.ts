// The volumes of one engine. A volume's data is removed by `remove` and `prune` of that very volume and by nothing else.
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { VolumeCreateBody, VolumeInspect } from "../api-types/volume.ts";
import type { Filters, VolumesBackend } from "../backend.ts";
import type { ContainerVolumes, Directive, EngineContext, VolumeMountOptions } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { pruned } from "../events.ts";
import { folderSizes } from "../native/folder-sizes.ts";
import { Turns } from "../turns.ts";
import { fillFolder, fillVolume, finishFilling } from "./filling.ts";
import { listFilter, pruneFilter } from "./volume-filters.ts";
import {
  checkDriver,
  checkOptions,
  checkVolumeName,
  localDriver,
  requireDevice,
  sourceMount,
  volumeSource,
} from "./volume-options.ts";
import { dataFolder, loadVolumes, saveVolume, unnameVolume } from "./volume-record.ts";
import type { VolumeRecord } from "./volume-record.ts";

const anonymousLabel = "com.docker.volume.anonymous";

/** Reads what is there and finishes fillings and removals that a killed engine had begun. */
export async function openVolumes(context: EngineContext): Promise<VolumesBackend & ContainerVolumes> {
  const parent = join(context.root, "volumes");
  const { records, leftovers } = await loadVolumes(parent, context.log);
  if (leftovers.length > 0) {
    context.native.call(["rm", ...leftovers]).catch((error: unknown) => {
      context.log(`volumes: leftovers of an earlier removal stay: ${String(error)}`);
    });
  }
  for (const { name } of records) {
    try {
      await finishFilling(context.native, dataFolder(parent, name));
    } catch (error) {
      context.log(`volume ${name}: what the image has for it is not in it yet: ${String(error)}`);
    }
  }
  return new LocalVolumes(context, parent, records);
}

interface EnsureOptions {
  readonly driver?: string;
  readonly driverOpts?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly anonymous?: boolean;
}

class LocalVolumes implements VolumesBackend, ContainerVolumes {
  readonly #context: EngineContext;
  readonly #parent: string;
  readonly #volumes: Map<string, VolumeRecord>;
  /** Creations under way, so that two at once make one volume. */
  readonly #creating = new Map<string, Promise<VolumeRecord>>();
  readonly #populating = new Turns();
  #users: (name: string) => readonly string[] = () => [];

  constructor(context: EngineContext, parent: string, records: readonly VolumeRecord[]) {
    this.#context = context;
    this.#parent = parent;
    this.#volumes = new Map(records.map((record) => [record.name, record]));
  }

  setUsers(users: (volumeName: string) => readonly string[]): void {
    this.#users = users;
  }

  isAnonymous(name: string): boolean {
    return this.#volumes.get(name)?.anonymous ?? false;
  }

  async create(body: VolumeCreateBody): Promise<VolumeInspect> {
    const { name } = await this.ensure(body.Name || randomBytes(32).toString("hex"), {
      anonymous: !body.Name,
      ...(body.Driver === undefined || body.Driver === "" ? {} : { driver: body.Driver }),
      ...(body.DriverOpts ? { driverOpts: body.DriverOpts } : {}),
      ...(body.Labels ? { labels: body.Labels } : {}),
    });
    return this.inspect(name);
  }

  async ensure(
    name: string,
    options: EnsureOptions = {},
  ): Promise<{ name: string; created: boolean; path: string }> {
    checkVolumeName(name);
    const { driver = localDriver, anonymous = false } = options;
    const pending = this.#creating.get(name);
    const existing = this.#volumes.get(name) ?? (pending === undefined ? undefined : await pending);
    checkDriver(name, driver);
    const driverOpts = options.driverOpts ?? {};
    if (existing === undefined) {
      checkOptions(name, driverOpts);
      await this.#make({
        name,
        created: new Date().toISOString(),
        labels: { ...options.labels, ...(anonymous ? { [anonymousLabel]: "" } : {}) },
        options: driverOpts,
        anonymous,
      });
    }
    return { name, created: existing === undefined, path: dataFolder(this.#parent, name) };
  }

  async #make(record: VolumeRecord): Promise<void> {
    const making = saveVolume(this.#parent, record).then(() => record);
    this.#creating.set(record.name, making);
    try {
      this.#volumes.set(record.name, await making);
    } finally {
      this.#creating.delete(record.name);
    }
    this.#emit("create", record.name);
  }

  list(filters: Filters): { Volumes: VolumeInspect[]; Warnings: string[] } {
    const matches = listFilter(filters, (name) => this.#users(name).length > 0);
    const kept = [...this.#volumes.values()].filter(matches);
    kept.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { Volumes: kept.map((record) => this.#describe(record)), Warnings: [] };
  }

  inspect(name: string): VolumeInspect {
    return this.#describe(this.#get(name));
  }

  async remove(name: string, force: boolean): Promise<void> {
    if (force && !this.#volumes.has(name)) return;
    this.#get(name);
    const users = this.#users(name);
    if (users.length > 0) {
      throw new EngineError("conflict", `remove ${name}: volume is in use - [${users.join(", ")}]`);
    }
    await this.#destroy(name);
  }

  async prune(filters: Filters): Promise<{ VolumesDeleted: string[]; SpaceReclaimed: number }> {
    const matches = pruneFilter(filters);
    const deleted: string[] = [];
    let reclaimed = 0;
    for (const record of [...this.#volumes.values()].filter(matches)) {
      const size = (await this.#sizes([record.name]))[0] ?? 0;
      // Asked after the wait, and just before the volume loses its name.
      if (!this.#volumes.has(record.name) || this.#users(record.name).length > 0) continue;
      await this.#destroy(record.name);
      deleted.push(record.name);
      reclaimed += size;
    }
    this.#context.emit(pruned("volume", reclaimed));
    return { VolumesDeleted: deleted, SpaceReclaimed: reclaimed };
  }

  async sizes(): Promise<ReadonlyMap<string, number>> {
    const names = [...this.#volumes.keys()];
    const sizes = await this.#sizes(names);
    return new Map(names.map((name, index) => [name, sizes[index] ?? 0]));
  }

  hasOwnFileSystem(name: string): boolean {
    return volumeSource(this.#get(name).options).kind === "file-system";
  }

  async mount(name: string, target: string, options: VolumeMountOptions): Promise<Directive[]> {
    const source = volumeSource(this.#get(name).options);
    return [await sourceMount(source, { ...options, folder: dataFolder(this.#parent, name), target })];
  }

  /** One after the other for each folder: who comes second finds it filled. */
  async populate(name: string, target: string, rootMounts: readonly Directive[]): Promise<void> {
    const source = volumeSource(this.#get(name).options);
    if (source.kind === "file-system") return;
    const { native } = this.#context;
    const filling = { target, rootMounts };
    if (source.kind === "folder") {
      const data = dataFolder(this.#parent, name);
      return this.#populating.take([data], () => fillVolume(native, data, filling));
    }
    if (source.flags.includes("ro")) return;
    requireDevice(source.device, target);
    // Two volumes may stand for one folder, by different paths.
    const { dev, ino } = statSync(source.device);
    return this.#populating.take([`${dev}:${ino}`], () => fillFolder(native, source.device, filling));
  }

  /** Of their own folders; what is mounted over them by driver options is somebody else's. */
  async #sizes(names: readonly string[]): Promise<number[]> {
    return await folderSizes(
      this.#context.native,
      names.map((name) => dataFolder(this.#parent, name)),
    );
  }

  async #destroy(name: string): Promise<void> {
    const trash = unnameVolume(this.#parent, name);
    this.#volumes.delete(name);
    this.#emit("destroy", name);
    await this.#context.native.call(["rm", trash]);
  }

  #get(name: string): VolumeRecord {
    const record = this.#volumes.get(name);
    if (record === undefined) throw new EngineError("not-found", `get ${name}: no such volume`);
    return record;
  }

  #describe(record: VolumeRecord): VolumeInspect {
    return {
      Name: record.name,
      Driver: localDriver,
      Mountpoint: dataFolder(this.#parent, record.name),
      CreatedAt: record.created,
      Labels: { ...record.labels },
      Options: { ...record.options },
      Scope: "local",
    };
  }

  #emit(action: "create" | "destroy", name: string): void {
    this.#context.emit({
      Type: "volume",
      Action: action,
      Actor: { ID: name, Attributes: { driver: localDriver } },
    });
  }
}
