// How volumes are kept: `<root>/volumes/<name>/{volume.json,_data}`. A folder gets its name only when it is complete and loses it
// before anything in it is removed, so that whatever bears a name is a whole volume.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readStateFile, writeStateFile } from "../state-file.ts";

/** Names with a dot first are not volumes: no volume may be called so. */
const unnamed = ".";

export interface VolumeRecord {
  readonly name: string;
  /** RFC 3339. */
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
}

/** The folder that holds a volume's data. */
export function dataFolder(parent: string, name: string): string {
  return join(parent, name, "_data");
}

/** Puts a new volume in place, complete or not at all. */
export async function saveVolume(parent: string, record: VolumeRecord): Promise<void> {
  const temporary = join(parent, `${unnamed}new-${randomBytes(8).toString("hex")}`);
  try {
    mkdirSync(join(temporary, "_data"), { recursive: true });
    chmodSync(join(temporary, "_data"), 0o755);
    await writeStateFile(join(temporary, "volume.json"), record);
    renameSync(temporary, join(parent, record.name));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Takes a volume out of the names at once; gives the folder that is then to be removed. */
export function unnameVolume(parent: string, name: string): string {
  const trash = join(parent, `${unnamed}removed-${randomBytes(8).toString("hex")}`);
  renameSync(join(parent, name), trash);
  return trash;
}

/** Every volume, and the folders that a killed engine left without a name. What cannot be read is told, and left alone. */
export async function loadVolumes(
  parent: string,
  log: (message: string) => void,
): Promise<{ records: VolumeRecord[]; leftovers: string[] }> {
  mkdirSync(parent, { recursive: true });
  const records: VolumeRecord[] = [];
  const leftovers: string[] = [];
  for (const name of readdirSync(parent)) {
    if (name.startsWith(unnamed)) {
      leftovers.push(join(parent, name));
      continue;
    }
    try {
      const record = (await readStateFile(join(parent, name, "volume.json"))) as VolumeRecord | undefined;
      if (record?.name === name) records.push(record);
      else log(`volume ${name}: no readable volume.json; its data is left as it is`);
    } catch (error) {
      log(`volume ${name}: ${String(error)}; its data is left as it is`);
    }
  }
  return { records, leftovers };
}
