import { describe, expect, it } from "vitest";
import { fullName, imagesOnly, withDigests } from "../../../src/cli/commands/image-digests.ts";
import type { ImageDetails } from "../../../src/client/index.ts";
import { loadOk } from "../../spec/load-yaml.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** An engine that has some images, by the names they were pulled with. */
function engineWith(digests: Readonly<Record<string, readonly string[]>>) {
  return {
    inspectImage: (ref: string): Promise<ImageDetails | undefined> => {
      const RepoDigests = digests[ref];
      const details = RepoDigests && { Id: "sha256:1", RepoTags: [ref], Config: null, RepoDigests };
      return Promise.resolve(details);
    },
  };
}

describe("the exact images of a project", () => {
  it.each([
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:1", "docker.io/library/nginx:1"],
    ["ann/app", "docker.io/ann/app:latest"],
    ["localhost/app", "localhost/app:latest"],
    ["registry.example:5000/a/b:2", "registry.example:5000/a/b:2"],
    ["nginx@sha256:abc", "docker.io/library/nginx@sha256:abc"],
  ])("%s is %s", (image, full) => {
    expect(fullName(image)).toBe(full);
  });

  it("have the digest of their own repository", async () => {
    const project = loadOk("services: {a: {image: 'nginx:1'}, b: {build: .}, c: {image: 'nginx:1'}}\n");
    const engine = engineWith({ "nginx:1": [`mirror/nginx@${digest("b")}`, `nginx@${digest("a")}`] });
    const exact = await withDigests(project, engine);
    const name = `docker.io/library/nginx:1@${digest("a")}`;
    expect(exact.services["a"]?.image).toBe(name);
    expect(exact.services["b"]).toEqual(project.services["b"]);
    expect(imagesOnly(exact)).toEqual({ services: { a: { image: name }, c: { image: name } } });
  });

  it("cannot be told of images that the engine lacks, or that were never in a registry", async () => {
    const project = loadOk("services: {a: {image: x}}\n");
    await expect(withDigests(project, engineWith({}))).rejects.toMatchObject({
      message: "cannot tell the digest of x: the engine does not have it",
      hint: "pull it first: slipway pull",
    });
    await expect(withDigests(project, engineWith({ x: [] }))).rejects.toThrow("it was made here, not pulled");
  });
});
