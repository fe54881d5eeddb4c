// All containers of the engine, by id and by name, and their records on disk.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { EngineContext } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { hasFields, quarantine, QUARANTINED, readStateFile, writeStateFile } from "../state-file.ts";
import { Container } from "./container.ts";
import { Discards } from "./discards.ts";
import { doomedVolumes, noteDoomedVolumes } from "./doomed-volumes.ts";
import type { ChangingPart, SavedContainer } from "./record.ts";
import { FILES, NEVER } from "./record.ts";
import { appendState, DAMAGED, lastState } from "./state-journal.ts";
import { endStrayProcess } from "./stray-process.ts";

const REMOVED = ".removed-";

const RECORD_FIELDS = {
  id: "string",
  name: "string",
  created: "string",
  imageId: "string",
  imageRef: "string",
  config: "object",
  hostConfig: "object",
  mounts: "object",
  state: "object",
  endpoints: "object",
  ports: "object",
};

function isContainer(value: unknown): value is SavedContainer {
  return hasFields(value, RECORD_FIELDS);
}

function isChangingPart(value: unknown): boolean {
  return hasFields(value, { state: "object", endpoints: "object", ports: "object", restartCount: "number" });
}

/** What an engine did not live to rename. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(`${FILES.record}.`) || name === `${FILES.state}.new`) rmSync(join(folder, name));
}

/** Keeps ids and names unique. A name is taken from the moment its container is being made. */
export class ContainerStore {
  /** What is left of removed containers. */
  readonly discards: Discards;
  readonly #context: EngineContext;
  readonly #containers = new Map<string, Container>();
  /** Name to id. */
  readonly #names = new Map<string, string>();
  readonly #saving = new Map<string, Promise<void>>();
  readonly #dirty = new Set<string>();

  constructor(context: EngineContext) {
    this.#context = context;
    this.discards = new Discards(context);
  }

  /** Newest last. */
  all(): Container[] {
    return [...this.#containers.values()];
  }

  /** By full id, name (a slash before it is fine), or a beginning of the id that only one has; throws when there is none. */
  get(ref: string): Container {
    const found = this.find(ref);
    if (found === undefined) throw new EngineError("not-found", `No such container: ${ref}`);
    return found;
  }

  find(ref: string): Container | undefined {
    const name = ref.startsWith("/") ? ref.slice(1) : ref;
    const exact = this.#containers.get(ref) ?? this.#containers.get(this.#names.get(name) ?? "");
    if (exact !== undefined || !/^[0-9a-f]+$/.test(ref)) return exact;
    const matches = [...this.#containers.keys()].filter((id) => id.startsWith(ref));
    if (matches.length > 1) {
      throw new EngineError("invalid", `multiple IDs found with provided prefix: ${ref}`);
    }
    return this.#containers.get(matches[0] ?? "");
  }

  isTaken(name: string): boolean {
    return this.#names.has(name);
  }

  /** Takes the name for the id; throws when another has it. */
  reserve(name: string, id: string): void {
    const owner = this.#names.get(name);
    if (owner !== undefined) {
      throw new EngineError(
        "conflict",
        `Conflict. The container name "/${name}" is already in use by container "${owner}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
    this.#names.set(name, id);
  }

  release(name: string): void {
    this.#names.delete(name);
  }

  /** Makes it known; its name must be reserved. */
  add(container: Container): void {
    this.#names.set(container.saved.name, container.id);
    this.#containers.set(container.id, container);
  }

  /** Notes how the container's run stands, before anyone is told. */
  saveState(container: Container): void {
    if (container.gone) return;
    const { state, endpoints, ports, health, restartCount, manuallyStopped, unsettledInterface } =
      container.saved;
    const part: ChangingPart = {
      state,
      endpoints,
      ports,
      restartCount,
      manuallyStopped,
      ...(health === undefined ? {} : { health }),
      ...(unsettledInterface === undefined ? {} : { unsettledInterface }),
    };
    appendState(join(container.folder, FILES.state), part);
  }

  /**
   * The same for what has happened already, whatever the disk says to it: the shim's own files tell the next engine, too. Told in the log.
   */
  noteState(container: Container): void {
    try {
      this.saveState(container);
    } catch (error) {
      this.#context.log(`container ${container.saved.name}: its state cannot be noted: ${String(error)}`);
    }
  }

  /** Resolves when the record as it is now, or a later one, is on disk. Writes of one container never overlap. */
  save(container: Container): Promise<void> {
    const { id } = container;
    this.#dirty.add(id);
    const running = this.#saving.get(id);
    if (running !== undefined)
      return running
        .catch(() => undefined)
        .then(() => (this.#dirty.has(id) ? this.save(container) : undefined));
    const write = this.#write(container).finally(() => this.#saving.delete(id));
    this.#saving.set(id, write);
    return write;
  }

  /**
   * Forgets it and gives the folder that is left, which is to be removed after `volumes`. An engine that is killed before that finds there
   * what is still to be done.
   */
  async forget(container: Container, volumes: readonly string[]): Promise<string> {
    await this.#saving.get(container.id)?.catch(() => undefined); // told to whoever asked for that write
    if (volumes.length > 0) noteDoomedVolumes(container.folder, volumes);
    const left = join(this.#parent, `${REMOVED}${container.id}`);
    renameSync(container.folder, left);
    container.gone = true;
    this.#containers.delete(container.id);
    this.#names.delete(container.saved.name);
    return left;
  }

  /**
   * Reads every record, and finishes what a killed engine had begun: half-made folders and half-done removals vanish. A folder whose record
   * is damaged is left to whoever wants to look at it; a process that nobody can look after any more is ended.
   */
  async load(removeVolume: (name: string) => Promise<void>): Promise<void> {
    mkdirSync(this.#parent, { recursive: true, mode: 0o711 });
    const found: Container[] = [];
    const leftovers: string[] = [];
    for (const name of readdirSync(this.#parent)) {
      const folder = join(this.#parent, name);
      if (existsSync(join(folder, `${FILES.record}${QUARANTINED}`))) continue;
      removeUnfinished(folder);
      const saved = name.startsWith(REMOVED) ? undefined : await this.#read(folder);
      if (saved === undefined) leftovers.push(folder);
      else if (saved !== "damaged") {
        noteDoomedVolumes(folder, []); // it was made, or its removal had not begun
        found.push(new Container(this.#context.root, saved));
      }
    }
    found.sort((a, b) => (a.saved.created < b.saved.created ? -1 : 1));
    for (const container of found) this.add(container);
    // Now it is known which volumes are used by containers that stay.
    for (const folder of leftovers) {
      for (const volume of doomedVolumes(folder)) await removeVolume(volume);
      this.discards.add(folder);
    }
    await this.discards.settled();
  }

  get #parent(): string {
    return join(this.#context.root, "containers");
  }

  async #read(folder: string): Promise<SavedContainer | "damaged" | undefined> {
    const { log } = this.#context;
    const path = join(folder, FILES.record);
    const saved = (await readStateFile(path, {
      log,
      isWhole: (value) => isContainer(value) && value.id === basename(folder),
    })) as SavedContainer | undefined;
    if (saved === undefined) {
      if (!existsSync(`${path}${QUARANTINED}`)) return undefined;
      await endStrayProcess(folder, log);
      return "damaged";
    }
    const journal = join(folder, FILES.state);
    const changes = lastState(journal, isChangingPart);
    if (changes !== DAMAGED) return { ...saved, ...(changes as ChangingPart | undefined) };
    // Whether it runs, and with which addresses, is not known any more: as after a crash of the machine, it has ended.
    quarantine(journal, "no line of it is whole", log);
    await endStrayProcess(folder, log);
    const { state, created } = saved;
    const startedAt = state.startedAt === NEVER ? created : state.startedAt;
    return { ...saved, state: { ...state, startedAt, running: true, restarting: false } };
  }

  async #write(container: Container): Promise<void> {
    this.#dirty.delete(container.id);
    if (container.gone) return;
    await writeStateFile(join(container.folder, FILES.record), container.saved);
    if (existsSync(join(container.folder, FILES.state))) this.saveState(container);
  }
}
