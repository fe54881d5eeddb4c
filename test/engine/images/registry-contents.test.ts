// What registries keep: images for many platforms, layers in many forms, and things that are no images.
import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { here, pullStage, pullUnavailable } from "./pull-stage.ts";
import { answersFor, bytes, sha256 } from "./scripted-registry.ts";

if (pullUnavailable !== undefined) console.warn(`what registries keep: skipped, ${pullUnavailable}`);

function entry(digest: string, architecture: string): object {
  return {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest,
    size: 1,
    platform: { os: "linux", architecture },
  };
}

function attestation(): object {
  return {
    ...entry(`sha256:${"a".repeat(64)}`, ""),
    platform: { os: "unknown", architecture: "unknown" },
    annotations: { "vnd.docker.reference.type": "attestation-manifest" },
  };
}

function withoutPlatform(digest: string): object {
  const { platform: _platform, ...rest } = entry(digest, "") as { platform: object };
  return rest;
}

function indexOf(entries: readonly object[]): string {
  return JSON.stringify({ schemaVersion: 2, manifests: entries });
}

function withRubbish(layer: Buffer): Buffer {
  return Buffer.concat([gzipSync(layer), Buffer.from("something else")]);
}

describe.skipIf(pullUnavailable !== undefined)("what a registry has", () => {
  const stage = pullStage();

  test.each([
    ["Helm's charts", "application/vnd.cncf.helm.config.v1+json"],
    ["artifacts without a configuration", "application/vnd.oci.empty.v1+json"],
    ["WebAssembly modules", "application/vnd.wasm.config.v0+json"],
  ])("is said to be no image: %s", async (_what, configType) => {
    const { host } = await stage.serve(answersFor(stage.image, { configType }));
    await expect(stage.pull(host)).rejects.toThrow(
      `it is no image: its configuration is of the media type ${configType}`,
    );
  });

  test("is refused with what helps: the first version of manifests", async () => {
    const manifest = JSON.stringify({ schemaVersion: 1, name: "x", fsLayers: [] });
    const { host } = await stage.serve({ "manifests/1": bytes(manifest) });
    await expect(stage.pull(host)).rejects.toThrow("manifest of version 1");
  });

  test.each<[string, (digest: string) => object[]]>([
    ["attestations", (digest) => [attestation(), entry(digest, here), attestation()]],
    ["an image that says no platform", (digest) => [attestation(), withoutPlatform(digest)]],
    ["another platform", (digest) => [entry(`sha256:${"0".repeat(64)}`, "s390x"), entry(digest, here)]],
  ])("is found in an index in an index, beside %s", async (_what, entries) => {
    const { image } = stage;
    const answers = answersFor(image);
    const digest =
      Object.keys(answers)
        .find((path) => path.startsWith("manifests/sha256"))
        ?.slice(10) ?? "";
    const inner = indexOf(entries(digest));
    const { host } = await stage.serve({
      ...answers,
      [`manifests/${sha256(inner)}`]: bytes(inner),
      "manifests/1": bytes(indexOf([withoutPlatform(sha256(inner))])),
    });
    await stage.pull(host);
    expect(stage.images.inspect(`${host}/x:1`).Id).toBe(image.id);
  });

  test("is not found in an index for others, which is said", async () => {
    const { host } = await stage.serve({
      "manifests/1": bytes(indexOf([attestation(), entry(stage.image.id, "s390x")])),
    });
    await expect(stage.pull(host)).rejects.toThrow(
      `no matching manifest for linux/${here} in the manifest list entries`,
    );
  });

  test.each<[string, (layer: Buffer) => Buffer]>([
    ["zstd", (layer) => execFileSync("zstd", ["-c"], { input: layer })],
    ["no compression", (layer) => layer],
    [
      "gzip in two members",
      (layer) => Buffer.concat([gzipSync(layer.subarray(0, 70_000)), gzipSync(layer.subarray(70_000))]),
    ],
    ["gzip with zeros behind it", (layer) => Buffer.concat([gzipSync(layer), Buffer.alloc(3000)])],
  ])("is unpacked: layers with %s", async (_what, compress) => {
    const { host } = await stage.serve(answersFor(stage.image, { compress }));
    await stage.pull(host);
    expect(stage.images.inspect(`${host}/x:1`).Id).toBe(stage.image.id);
  });

  test("is refused as damaged: gzip with something else behind it", async () => {
    const { host } = await stage.serve(answersFor(stage.image, { compress: withRubbish }));
    await expect(stage.pull(host)).rejects.toThrow(
      /failed to register layer [0-9a-f]{12}: the archive cannot be unpacked/,
    );
    expect(stage.left()).toEqual({ layers: [], blobs: [] });
  });

  test("is taken from the registry or not at all: layers that are said to be kept elsewhere", async () => {
    const { image, layer } = stage;
    const elsewhere = await stage.serve({ foreign: bytes(layer) });
    const foreign = {
      mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
      size: layer.length,
      digest: sha256(layer),
      urls: [`http://${elsewhere.host}/foreign`],
    };
    const config = { size: Buffer.byteLength(image.configJson), digest: image.id };
    const manifest = JSON.stringify({ schemaVersion: 2, config, layers: [foreign] });
    const { host } = await stage.serve({
      "manifests/1": bytes(manifest),
      [image.id]: bytes(image.configJson),
    });
    await expect(stage.pull(host)).rejects.toThrow("answered 404");
    expect(elsewhere.asked).toEqual([]);
  });
});
