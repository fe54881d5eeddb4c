// An engine's images and scripted registries for each test of a group, with one image of one layer to be pulled.
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach } from "vitest";
import type { ImagesBackend } from "../../../src/engine/backend.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { makeContext } from "./engine-context.ts";
import { makeImage, type MadeImage } from "./image-archives.ts";
import { startScripted, type Answer, type ScriptedRegistry } from "./scripted-registry.ts";

const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
const { native } = caller;

/** Why nothing can be pulled here; undefined when it can. */
export const pullUnavailable = caller.unavailable;

/** The login of `pull`s that are given `auth`. */
export const auth = Buffer.from(JSON.stringify({ username: "ann", password: "secret" })).toString(
  "base64url",
);

/** This machine's, as images call it. */
export const here = process.arch === "x64" ? "amd64" : process.arch;

export interface PullStage {
  readonly root: string;
  readonly images: ImagesBackend;
  readonly image: MadeImage;
  /** Its layer as the registry has it. */
  readonly layer: Buffer;
  /** Opens what is on disk anew, as a restarted engine does. */
  open(): Promise<void>;
  serve(answers: Readonly<Record<string, Answer>>): Promise<ScriptedRegistry>;
  /** All lines of a pull of `x:1`. */
  pull(host: string, options?: { platform?: string; auth?: string }): Promise<object[]>;
  /** What there is of layers and blobs. */
  left(): { layers: string[]; blobs: string[] };
}

/** Sets the stage up and clears it for each test of the group that calls this. */
export function pullStage(): PullStage {
  const registries: ScriptedRegistry[] = [];
  const state = { root: "", layer: Buffer.alloc(0) } as {
    root: string;
    layer: Buffer;
    images: ImagesBackend;
    image: MadeImage;
  };
  const open = async (): Promise<void> => {
    state.images = await openImages(makeContext(state.root, native).context);
  };
  beforeEach(async () => {
    state.root = join(caller?.folder() ?? "", "state");
    mkdirSync(state.root, { recursive: true });
    await open();
    state.image = await makeImage([[{ name: "f", contents: randomBytes(200_000).toString("hex") }]]);
    state.layer = gzipSync(state.image.layers[0] ?? "");
  });
  afterEach(async () => {
    for (const registry of registries.splice(0)) await registry.close();
    await caller?.clean();
  });
  return {
    get root() {
      return state.root;
    },
    get images() {
      return state.images;
    },
    get image() {
      return state.image;
    },
    get layer() {
      return state.layer;
    },
    open,
    async serve(answers) {
      const registry = await startScripted(answers);
      registries.push(registry);
      return registry;
    },
    async pull(host, options = {}) {
      const lines: object[] = [];
      for await (const line of state.images.pull(`${host}/x:1`, options)) lines.push(line);
      return lines;
    },
    left: () => ({
      layers: readdirSync(join(state.root, "layers")),
      blobs: readdirSync(join(state.root, "blobs")).toSorted(),
    }),
  };
}
