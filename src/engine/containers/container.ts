// A container in memory: what is saved of it, and what only lives as long as the engine.
import type { NetworkMember } from "../collaborators.ts";
import type { HealthMonitor } from "./health-monitor.ts";
import type { WaitingAttachment } from "./attach.ts";
import type { SavedContainer } from "./record.ts";
import { containerFolder } from "./record.ts";
import type { ShimControl } from "./shim-control.ts";
import { Waiters } from "./wait.ts";

export class Container {
  readonly saved: SavedContainer;
  readonly folder: string;
  readonly waiters = new Waiters();
  /** Attached before there is a process. */
  readonly waiting = new Set<WaitingAttachment>();
  /** Ids of the execs that were made and not yet forgotten. */
  readonly execs = new Set<string>();
  /** Its process is about to execute: who attaches now is too late to wait for it, and has to wait for its turn. */
  isBeginning = false;
  /** While a process runs. */
  shim: ShimControl | undefined;
  /** Settles when the end of the present run has been dealt with. */
  ended: Promise<void> = Promise.resolve();
  health: HealthMonitor | undefined;
  /** What the engine's log says of it already. */
  readonly told = new Set<string>();
  /** Called when its state has changed. */
  readonly listeners = new Set<() => void>();
  removing = false;
  /** Removed: nothing may be written of it any more. */
  gone = false;
  /** Of the present run: someone stopped it, so the policy does not start it again. */
  stoppedByHand = false;
  /** The present run ends for a restart by hand: no automatic removal. */
  restartingByHand = false;
  restartTimer: NodeJS.Timeout | undefined;
  /** Milliseconds that the present run was waited for; 0 when started by hand. */
  lastDelay = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(root: string, saved: SavedContainer) {
    this.saved = saved;
    this.folder = containerFolder(root, saved.id);
  }

  get id(): string {
    return this.saved.id;
  }

  /** Has a process, or had one until a moment ago. */
  get hasProcess(): boolean {
    return this.shim !== undefined;
  }

  /** As networks/ knows it. */
  get member(): NetworkMember {
    return { id: this.saved.id, name: this.saved.name, hostname: this.saved.config.Hostname ?? "" };
  }

  /** Resolves when what is under way now (a start, the handling of an end, a removal) is over. */
  settled(): Promise<void> {
    return this.exclusive(async () => undefined);
  }

  /** Tells the listeners. */
  changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Runs operations one after the other. One that waits for another's turn must not be inside a turn itself. */
  exclusive<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(operation);
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
