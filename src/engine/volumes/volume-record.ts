// How volumes are kept: `<root>/volumes/<name>/{volume.json,_data}`. A folder gets its name only when it is complete and loses it
// before anything in it is removed, so that whatever bears a name is a whole volume.
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import { hasFields, readStateFile, syncFolder, writeStateFile } from "../state-file.ts";

/** Names with a dot first are not volumes: no volume may be called so. */
const unnamed = ".";

const RECORD = "volume.json";

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

/**
 * Puts a new volume in place, complete or not at all. Throws EngineError (conflict) where the name is taken by data whose record is
 * damaged.
 */
export async function saveVolume(parent: string, record: VolumeRecord): Promise<void> {
  if (existsSync(join(parent, record.name))) {
    throw new EngineError(
      "conflict",
      `volume ${record.name}: the record of its data is damaged (see "slipway engine status"); repair or remove ${join(parent, record.name)} and start the engine again`,
    );
  }
  const temporary = join(parent, `${unnamed}new-${randomBytes(8).toString("hex")}`);
  try {
    mkdirSync(join(temporary, "_data"), { recursive: true });
    chmodSync(join(temporary, "_data"), 0o755);
    await writeStateFile(join(temporary, RECORD), record);
    renameSync(temporary, join(parent, record.name));
    await syncFolder(parent);
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
      const record = (await readStateFile(join(parent, name, RECORD), {
        log,
        isWhole: (value) =>
          hasFields(value, { name: "string", created: "string", labels: "object", options: "object" }) &&
          (value as VolumeRecord).name === name,
      })) as VolumeRecord | undefined;
      if (record !== undefined) records.push(record);
      else log(`volume ${name}: no readable ${RECORD}; its data is left as it is`);
    } catch (error) {
      log(`volume ${name}: ${String(error)}; its data is left as it is`);
    }
  }
  return { records, leftovers };
}
