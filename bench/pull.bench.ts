import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { EngineUnderTest } from "../test/support/engines.ts";
import { eventually, run } from "../test/support/processes.ts";
import { registryUnavailable, startRegistry, uploadImage, type Registry } from "../test/support/registry.ts";
import { onAllEngines } from "./each-engine.ts";
import { describeRatio, describeTimes, type Bench, type BenchRow } from "./measure.ts";

const LAYERS = 3;

/** Files of this machine's /usr, so many bytes of them in each layer: programs, libraries and texts, as images have them. */
function layersOf(bytes: number): Buffer[] {
  const lists: string[][] = Array.from({ length: LAYERS }, () => []);
  let [layer, size] = [0, 0];
  const collect = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (layer >= LAYERS) return;
      if (entry.isDirectory()) collect(path);
      if (!entry.isFile()) continue;
      const { size: fileSize } = lstatSync(path);
      // One giant would be the whole layer.
      if (fileSize > bytes / LAYERS / 2) continue;
      lists[layer]?.push(path.slice(1));
      size += fileSize;
      if (size < (bytes / LAYERS) * (layer + 1)) continue;
      layer += 1;
    }
  };
  for (const folder of ["/usr/lib", "/usr/share", "/usr/bin"]) collect(folder);
  return lists.map((names) =>
    execFileSync("tar", ["-c", "-C", "/", "--hard-dereference", "-T", "-"], {
      input: names.join("\n"),
      maxBuffer: 2 ** 30,
    }),
  );
}

const sha256 = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

async function upload(registry: Registry, layers: readonly Buffer[]): Promise<number> {
  const blobs = layers.map((layer) => gzipSync(layer));
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: "linux",
      config: {},
      rootfs: { type: "layers", diff_ids: layers.map(sha256) },
    }),
  );
  const entry = (blob: Buffer, mediaType: string): object => ({
    mediaType,
    size: blob.length,
    digest: sha256(blob),
  });
  const docker = "application/vnd.docker";
  await uploadImage(registry.host, "bench", {
    blobs: [...blobs, config],
    reference: "1",
    manifest: {
      schemaVersion: 2,
      mediaType: `${docker}.distribution.manifest.v2+json`,
      config: entry(config, `${docker}.container.image.v1+json`),
      layers: blobs.map((blob) => entry(blob, `${docker}.image.rootfs.diff.tar.gzip`)),
    },
  });
  return blobs.reduce((sum, blob) => sum + blob.length, 0);
}

/** The same registry once more, in the network namespace of an engine that has one of its own. */
async function registryInside(registry: Registry, pid: number): Promise<() => Promise<void>> {
  const enter = ["-t", String(pid), "-n"];
  const folder = mkdtempSync(join(tmpdir(), "registry-inside-"));
  const file = join(folder, "config.yml");
  writeFileSync(
    file,
    JSON.stringify({
      version: 0.1,
      storage: { filesystem: { rootdirectory: registry.data } },
      http: { addr: registry.host },
    }),
  );
  const child = spawn("nsenter", [...enter, "docker-registry", "serve", file], { stdio: "ignore" });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await eventually("the registry answers inside", async () => {
    const answer = await run("nsenter", [...enter, "curl", "-sf", `http://${registry.host}/v2/`]);
    return answer.code === 0 ? true : undefined;
  });
  return async () => {
    child.kill("SIGTERM");
    await exited;
    rmSync(folder, { recursive: true });
  };
}

async function pullOnce(engine: EngineUnderTest, ref: string): Promise<number> {
  const start = performance.now();
  const pulled = await engine.docker(["pull", "-q", ref], { timeout: 300_000 });
  const time = performance.now() - start;
  if (pulled.code !== 0) throw new Error(`${engine.name}: ${pulled.stderr}`);
  const removed = await engine.docker(["rmi", ref], { timeout: 300_000 });
  if (removed.code !== 0) throw new Error(`${engine.name}: ${removed.stderr}`);
  return time;
}

async function* compare(
  engines: readonly EngineUnderTest[],
  options: { readonly registry: Registry; readonly quick: boolean },
): AsyncGenerator<BenchRow> {
  const { registry, quick } = options;
  const ends: (() => Promise<void>)[] = [];
  try {
    for (const engine of engines) {
      await engine.start();
      if (engine.networkPid !== undefined) ends.push(await registryInside(registry, engine.networkPid));
    }
    const times = new Map<string, number[]>(engines.map(({ name }) => [name, []]));
    for (let round = 0; round < (quick ? 1 : 4); round += 1) {
      for (const engine of engines) {
        const time = await pullOnce(engine, `${registry.host}/bench:1`);
        if (round > 0 || quick) times.get(engine.name)?.push(time);
      }
    }
    for (const [name, values] of times) yield describeTimes(`docker pull, ${name}`, values);
    const docker = engines.find(({ kind }) => kind === "docker");
    if (docker === undefined) return;
    for (const engine of engines) {
      if (engine === docker) continue;
      const [ours, theirs] = [times.get(engine.name) ?? [], times.get(docker.name) ?? []];
      yield describeRatio(`${engine.name} / dockerd`, ours, theirs, 1);
    }
  } finally {
    for (const end of ends) await end();
  }
}

export const bench: Bench = {
  claim: "pulling and unpacking an image of 300 MB from a registry on loopback: faster than dockerd",
  async *run({ quick }) {
    const missing = registryUnavailable();
    if (missing !== undefined) return yield { text: `left out: ${missing}` };
    const registry = await startRegistry();
    try {
      const layers = layersOf(quick ? 15_000_000 : 300_000_000);
      const size = layers.reduce((sum, layer) => sum + layer.length, 0);
      const compressed = await upload(registry, layers);
      yield { text: `${LAYERS} layers, ${megabytes(size)} of files, ${megabytes(compressed)} compressed` };
      yield* onAllEngines((engines) => compare(engines, { registry, quick }));
    } finally {
      await registry.stop();
    }
  },
};
