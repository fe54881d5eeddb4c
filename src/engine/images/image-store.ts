// Images and their names on disk: `<root>/images/<digits>.json` each, and `<root>/images/repositories.json`.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import { hasFields, QUARANTINED, readStateFile, syncFolder, writeStateFile } from "../state-file.ts";
import { digestHex, digestOf, parseImageConfig } from "./image-record.ts";
import type { ImageRecord, KeptManifest } from "./image-record.ts";

interface SavedImage {
  readonly json: string;
  readonly layerSizes: readonly number[];
  readonly host: boolean;
  readonly parent?: string;
  readonly manifest?: KeptManifest;
}

export interface TaggedImage {
  readonly id: string;
  /** When it got the name; RFC 3339. */
  readonly tagged: string;
}

const namesFile = "repositories.json";

function isImage(value: unknown, file: string): boolean {
  if (!hasFields(value, { json: "string", layerSizes: "object", host: "boolean" })) return false;
  return `${digestHex(digestOf((value as SavedImage).json))}.json` === file;
}

function areNames(value: unknown): boolean {
  return (
    hasFields(value, {}) &&
    !Array.isArray(value) &&
    Object.values(value as object).every((tagged) => hasFields(tagged, { id: "string", tagged: "string" }))
  );
}

function originOf(image: ImageRecord | undefined): Pick<ImageRecord, "parent" | "manifest"> {
  const { parent, manifest } = image ?? {};
  return { ...(parent === undefined ? {} : { parent }), ...(manifest === undefined ? {} : { manifest }) };
}

/** The index of all images. What it says is on disk before a change resolves. */
export class ImageStore {
  readonly #folder: string;
  readonly #images = new Map<string, ImageRecord>();
  /** By tagged name, in full: `docker.io/library/redis:7`; and by digest: `docker.io/library/redis@sha256:…`. */
  #names = new Map<string, TaggedImage>();

  #turn: Promise<void> = Promise.resolve();
  /** The records of some images were set aside: nobody knows which layers these have. */
  hasDamagedImages = false;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads what is there; images whose file is damaged are told and left out, and so are names of images that are gone. */
  static async open(folder: string, log: (message: string) => void): Promise<ImageStore> {
    mkdirSync(folder, { recursive: true });
    const store = new ImageStore(folder);
    for (const file of readdirSync(folder)) {
      if (file.endsWith(".tmp")) rmSync(join(folder, file)); // a write that an engine did not live to finish
      if (!/^[0-9a-f]{64}\.json$/.test(file)) continue;
      const isWhole = (value: unknown): boolean => isImage(value, file);
      const saved = (await readStateFile(join(folder, file), { log, isWhole })) as SavedImage | undefined;
      if (saved === undefined) continue;
      const id = digestOf(saved.json);
      store.#images.set(id, { ...saved, id, config: parseImageConfig(saved.json) });
    }
    store.hasDamagedImages = readdirSync(folder).some(
      (file) => /^[0-9a-f]{64}\.json/.test(file) && file.endsWith(QUARANTINED),
    );
    const names = (await readStateFile(join(folder, namesFile), { log, isWhole: areNames })) as
      Record<string, TaggedImage> | undefined;
    for (const [name, tagged] of Object.entries(names ?? {})) {
      if (store.#images.has(tagged.id)) store.#names.set(name, tagged);
    }
    return store;
  }

  all(): readonly ImageRecord[] {
    return [...this.#images.values()];
  }

  get(id: string): ImageRecord | undefined {
    return this.#images.get(id);
  }

  /** Images whose id begins with these digits. */
  byPrefix(digits: string): readonly ImageRecord[] {
    return this.all().filter((image) => image.id.startsWith(`sha256:${digits}`));
  }

  /** The image with this tagged name, or name and digest. */
  byName(name: string): ImageRecord | undefined {
    const tagged = this.#names.get(name);
    return tagged && this.#images.get(tagged.id);
  }

  /** Tagged names of an image, sorted. */
  namesOf(id: string): string[] {
    return this.#references(id).filter((name) => !name.includes("@"));
  }

  /** Names with the digests by which registries know an image, sorted. */
  digestsOf(id: string): string[] {
    return this.#references(id).filter((name) => name.includes("@"));
  }

  /** Tagged names of a repository, sorted, with their images. */
  inRepository(repository: string): [string, ImageRecord][] {
    return [...this.#names]
      .filter(([name]) => name.startsWith(`${repository}:`))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, { id }]) => {
        const image = this.#images.get(id);
        return image === undefined ? [] : [[name, image] as [string, ImageRecord]];
      });
  }

  /** When an image last got a name; undefined when it has none. */
  lastTagged(id: string): string | undefined {
    return this.namesOf(id)
      .map((name) => this.#names.get(name)?.tagged ?? "")
      .toSorted()
      .at(-1);
  }

  /** One that comes again keeps what is not said anew of where it is from. */
  async put(fresh: ImageRecord): Promise<void> {
    const image = { ...originOf(this.#images.get(fresh.id)), ...fresh };
    const { json, layerSizes, host } = image;
    const saved: SavedImage = { json, layerSizes, host, ...originOf(image) };
    await this.#inTurn(async () => {
      await writeStateFile(this.#file(image.id), saved);
      this.#images.set(image.id, image);
    });
  }

  /** Gives an image names. Throws EngineError (not-found) when it has been deleted meanwhile. */
  async tag(names: readonly string[], id: string): Promise<void> {
    await this.#inTurn(async () => {
      if (!this.#images.has(id)) throw new EngineError("not-found", `No such image: ${id}`);
      const tagged = new Date().toISOString();
      await this.#saveNames(
        new Map([...this.#names, ...names.map((name) => [name, { id, tagged }] as const)]),
      );
    });
  }

  async untag(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await this.#inTurn(() =>
      this.#saveNames(new Map([...this.#names].filter(([name]) => !names.includes(name)))),
    );
  }

  /** Takes an image and all its names away. Nobody finds it any more from the moment of the call; it is back when the disk refuses. */
  async delete(id: string): Promise<void> {
    const image = this.#images.get(id);
    this.#images.delete(id);
    try {
      await this.#inTurn(async () => {
        this.#images.delete(id);
        const kept = [...this.#names].filter(([, tagged]) => tagged.id !== id);
        if (kept.length < this.#names.size) await this.#saveNames(new Map(kept));
        await rm(this.#file(id), { force: true });
        // Before its layers go: a record that came back without them would be an image that cannot run.
        await syncFolder(this.#folder);
      });
    } catch (error) {
      if (image !== undefined) this.#images.set(id, image);
      throw error;
    }
  }

  #references(id: string): string[] {
    return [...this.#names]
      .filter(([, tagged]) => tagged.id === id)
      .map(([name]) => name)
      .toSorted();
  }

  async #saveNames(names: Map<string, TaggedImage>): Promise<void> {
    await writeStateFile(join(this.#folder, namesFile), Object.fromEntries(names));
    this.#names = names;
  }

  /** Changes reach the disk in the order in which they are made. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(change);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #file(id: string): string {
    return join(this.#folder, `${digestHex(id)}.json`);
  }
}
