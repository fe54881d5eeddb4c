// All networks of one engine, in memory and on disk.
import { EngineError } from "../errors.ts";
import { Network } from "./network.ts";
import { deleteRecord, loadRecords, networksFolder, saveRecord, subnetsOf } from "./network-record.ts";
import type { NetworkRecord } from "./network-record.ts";
import type { Subnet } from "./ip-address.ts";

/** The networks there are, found by what clients call them. */
export class NetworkStore {
  readonly folder: string;
  readonly #networks = new Map<string, Network>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Reads what is on disk below the state directory. */
  static async open(root: string, log: (message: string) => void): Promise<NetworkStore> {
    const store = new NetworkStore(networksFolder(root));
    for (const record of await loadRecords(store.folder, log))
      store.#networks.set(record.id, new Network(store.folder, record, { fresh: false }));
    return store;
  }

  all(): Network[] {
    return [...this.#networks.values()];
  }

  byName(name: string): Network | undefined {
    return this.all().find(({ record }) => record.name === name);
  }

  /** By id, then name, then unique beginning of an id. Throws EngineError (not-found, or invalid when ambiguous). */
  find(ref: string): Network {
    const exact = this.#networks.get(ref) ?? this.byName(ref);
    if (exact !== undefined) return exact;
    const found = /^[0-9a-f]+$/.test(ref) ? this.all().filter(({ record }) => record.id.startsWith(ref)) : [];
    if (found.length > 1) {
      const message = `network ${ref} is ambiguous (${found.length} matches found on ID prefix)`;
      throw new EngineError("invalid", message);
    }
    if (found[0] === undefined) throw new EngineError("not-found", `network ${ref} not found`);
    return found[0];
  }

  subnets(): Subnet[] {
    return this.all().flatMap(({ record }) => subnetsOf(record));
  }

  /** Known from this moment, so that no one else takes its name or subnets; on disk when this resolves. */
  async add(record: NetworkRecord): Promise<void> {
    this.#networks.set(record.id, new Network(this.folder, record, { fresh: true }));
    try {
      await saveRecord(this.folder, record);
    } catch (error) {
      this.#networks.delete(record.id);
      throw error;
    }
  }

  /** Unknown from this moment; `dissolve` takes its other traces away. When that fails it is known again. */
  async remove(network: Network, dissolve: () => Promise<void>): Promise<void> {
    this.#networks.delete(network.record.id);
    try {
      await dissolve();
      await deleteRecord(this.folder, network.record.id);
    } catch (error) {
      this.#networks.set(network.record.id, network);
      throw error;
    }
  }
}
