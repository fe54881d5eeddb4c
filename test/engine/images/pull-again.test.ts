// What is asked of a registry about an image that is here already, and what is known of one that is not.
import { describe, expect, test } from "vitest";
import { here, pullStage, pullUnavailable } from "./pull-stage.ts";
import { answersFor, bytes, manifestAnswer, sha256, status, type Answer } from "./scripted-registry.ts";

if (pullUnavailable !== undefined) console.warn(`pulling again: skipped, ${pullUnavailable}`);

describe.skipIf(pullUnavailable !== undefined)("an image that is here already", () => {
  const stage = pullStage();
  /** Answers HEAD with `head`, and all else with the image's manifest. */
  const answered = (head: Answer): Answer => {
    const whole = manifestAnswer(stage.image);
    return (request, response) => (request.method === "HEAD" ? head : whole)(request, response);
  };
  const digestOfManifest = (): string => {
    const path = Object.keys(answersFor(stage.image)).find((end) => end.startsWith("manifests/sha256:"));
    return path?.replace("manifests/", "") ?? "";
  };
  /** Pulls twice; gives what is asked, and the lines, of the second time. */
  const pullAgain = async (
    head: Answer,
    platform?: string,
  ): Promise<{ asked: string[]; lines: object[] }> => {
    const { host, asked } = await stage.serve(
      answersFor(stage.image, { changed: { "manifests/1": answered(head) } }),
    );
    await stage.pull(host);
    const before = asked.length;
    const lines = await stage.pull(host, platform === undefined ? {} : { platform });
    return {
      asked: asked.slice(before).map(({ method, path }) => `${method} ${path.replace(/.*\//, "")}`),
      lines: lines.map((line) => JSON.parse(JSON.stringify(line).replaceAll(host, "HOST")) as object),
    };
  };

  test.each([undefined, `linux/${here}`])(
    "is asked for by its digest only; platform: %s",
    async (platform) => {
      const digest = digestOfManifest();
      const { asked, lines } = await pullAgain(status(200, { "Docker-Content-Digest": digest }), platform);
      expect(asked).toEqual(["HEAD 1"]);
      expect(lines).toEqual([
        { status: "Pulling from x", id: "1" },
        { status: `Digest: ${digest}` },
        { status: "Status: Image is up to date for HOST/x:1" },
      ]);
    },
  );

  test.each<[string, Answer]>([
    ["has another by now", status(200, { "Docker-Content-Digest": sha256("other") })],
    ["does not say which", status(200)],
    ["answers no such question", status(405)],
    ["is down for the moment", status(503)],
  ])("is asked for once more where the registry %s", async (_what, head) => {
    const { asked, lines } = await pullAgain(head);
    expect(asked.slice(0, 2)).toEqual(["HEAD 1", "GET 1"]);
    expect(lines.at(-1)).toEqual({ status: "Status: Image is up to date for HOST/x:1" });
  });

  test("is not the one for another platform", async () => {
    const again = pullAgain(status(200, { "Docker-Content-Digest": digestOfManifest() }), "linux/s390x");
    await expect(again).rejects.toThrow("wanted linux/s390x");
  });
});

describe.skipIf(pullUnavailable !== undefined)("an image in a registry", () => {
  const stage = pullStage();

  test("is for the platform that it says", async () => {
    const configJson = stage.image.configJson.replace(`"${here}"`, '"arm","variant":"v7"');
    const image = { ...stage.image, configJson, id: sha256(configJson) };
    const { host } = await stage.serve(answersFor(image));
    const { signal } = new AbortController();
    expect(await stage.images.describeRemote(`${host}/x:1`, {}, signal)).toMatchObject({
      Platforms: [{ architecture: "arm", os: "linux", variant: "v7" }],
    });
  });

  test("has the digest that Docker gave it when it is pushed on", async () => {
    const { image, layer } = stage;
    const [type, size] = ["application/vnd.docker.distribution.manifest.v2+json", image.configJson.length];
    const manifest = {
      schemaVersion: 2,
      mediaType: type,
      config: { mediaType: "application/vnd.docker.container.image.v1+json", size, digest: image.id },
      layers: [
        {
          mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip",
          size: layer.length,
          digest: sha256(layer),
        },
      ],
    };
    const text = JSON.stringify(manifest, null, 3);
    const { host } = await stage.serve(
      answersFor(image, { changed: { "manifests/1": bytes(text, { "Content-Type": type }) } }),
    );
    await stage.pull(host);
    expect(stage.images.inspect(`${host}/x:1`, { manifests: true }).Descriptor).toEqual({
      mediaType: type,
      digest: sha256(text),
      size: text.length,
    });
  });
});
