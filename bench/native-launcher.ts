// The native side of the bundled engine by itself: a container as the engine would start it, without the engine.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Socket } from "node:net";
import { openCgroups, removeCgroups } from "../src/engine/cgroup-layout.ts";
import type { CgroupLayout } from "../src/engine/collaborators.ts";
import { planCgroups } from "../src/engine/containers/cgroup.ts";
import { seccompFilter } from "../src/engine/containers/seccomp.ts";
import { ShimControl } from "../src/engine/containers/shim-control.ts";
import { findBinary } from "../src/engine/native/binary.ts";
import { createNative } from "../src/engine/native/native.ts";
import type { NativeHost } from "../src/engine/native/native.ts";
import { runProbe } from "../src/engine/native/probe.ts";
import { containerSpecification } from "../test/native/specification.ts";
import type { Side } from "./measure.ts";

export class NativeLauncher implements Side {
  readonly name = "native launcher alone";
  readonly #root: string;
  readonly #rootfs: string;
  readonly #native: NativeHost;
  readonly #cgroups: CgroupLayout;
  readonly #command: readonly string[];
  #count = 0;

  private constructor(options: {
    root: string;
    rootfs: string;
    command: readonly string[];
    native: NativeHost;
    cgroups: CgroupLayout;
  }) {
    this.#root = options.root;
    this.#rootfs = options.rootfs;
    this.#command = options.command;
    this.#native = options.native;
    this.#cgroups = options.cgroups;
  }

  /** For root. The containers' folders are below `folder`; the root file system is the lower layer of an overlay. */
  static async open(options: {
    folder: string;
    rootfs: string;
    command: readonly string[];
  }): Promise<NativeLauncher> {
    const root = join(options.folder, "engine");
    mkdirSync(root, { recursive: true });
    const binary = await findBinary(root);
    const native = createNative({ binary, root, rootless: false, logFile: join(root, "engine.log") });
    const cgroups = openCgroups(await runProbe(binary, root), root, (line) => console.error(line));
    await native.ready();
    return new NativeLauncher({ ...options, root, native, cgroups });
  }

  async once(): Promise<void> {
    const id = `container-${(this.#count += 1)}`;
    const folder = join(this.#root, id);
    for (const name of ["", "upper", "work", "root"]) mkdirSync(join(folder, name));
    const place = { folder, image: this.#rootfs, anchor: await this.#native.anchor(), rootless: false };
    const plan = planCgroups(this.#cgroups, {
      id,
      hostConfig: {},
      devices: [],
      block: { throttles: [], weights: [] },
    });
    const filter = seccompFilter(this.#root, {});
    const connection: Socket = await this.#native.shim(
      "run",
      containerSpecification(place, {
        args: this.#command,
        more: [
          ...plan.directives,
          ["mount", "mqueue", "mqueue", "/dev/mqueue", "nosuid,noexec,nodev"],
          ...(filter === undefined ? [] : [["seccomp", filter] as const]),
        ],
      }),
    );
    const shim = new ShimControl(connection, { folder });
    const failure = (await shim.ready()) ?? (await shim.go());
    if (failure !== undefined) throw new Error(failure.message);
    const { status } = await shim.exited;
    if (status !== 0) throw new Error(`the container ended with ${status}`);
    await this.#native.remove([folder]);
  }

  async close(): Promise<void> {
    await this.#native.endAnchor();
    removeCgroups(this.#cgroups);
    rmSync(this.#root, { recursive: true, force: true });
  }
}
