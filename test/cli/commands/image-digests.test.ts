import { describe, expect, it } from "vitest";
import { fullName, imagesOnly, withDigests } from "../../../src/cli/commands/image-digests.ts";
import { loadOk } from "../../spec/load-yaml.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** Registries that know some images, and what they were asked for. */
function registriesWith(digests: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const ask = (image: string): Promise<string> => {
    asked.push(image);
    const found = digests[image];
    return found === undefined ? Promise.reject(new Error(`no ${image}`)) : Promise.resolve(found);
  };
  return { asked, ask };
}

describe("the exact images of a project", () => {
  it.each([
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:1", "docker.io/library/nginx:1"],
    ["ann/app", "docker.io/ann/app:latest"],
    ["localhost/app", "localhost/app:latest"],
    ["registry.example:5000/a/b:2", "registry.example:5000/a/b:2"],
    ["registry.example:5000/a/b", "registry.example:5000/a/b:latest"],
    ["nginx@sha256:abc", "docker.io/library/nginx@sha256:abc"],
    ["nginx:1@sha256:abc", "docker.io/library/nginx@sha256:abc"],
  ])("%s is %s", (image, full) => {
    expect(fullName(image)).toBe(full);
  });

  it("are those that the registry has, each asked for once", async () => {
    const project = loadOk("services: {a: {image: 'nginx:1'}, b: {build: .}, c: {image: 'nginx:1'}}\n");
    const { asked, ask } = registriesWith({ "docker.io/library/nginx:1": digest("a") });
    const exact = await withDigests(project, ask);
    const name = `docker.io/library/nginx:1@${digest("a")}`;
    expect(exact.services["a"]?.image).toBe(name);
    expect(exact.services["b"]).toEqual(project.services["b"]);
    expect(imagesOnly(exact)).toEqual({ services: { a: { image: name }, c: { image: name } } });
    expect(asked).toEqual(["docker.io/library/nginx:1"]);
  });

  it("include those that are mounted", async () => {
    const mounts = "[{type: image, source: data, target: /d, image: {subpath: s}}, 'vol:/v']";
    const project = loadOk(`services: {a: {build: ., volumes: ${mounts}}}\nvolumes: {vol: }\n`);
    const { ask } = registriesWith({ "docker.io/library/data:latest": digest("d") });
    const exact = await withDigests(project, ask);
    const source = `docker.io/library/data:latest@${digest("d")}`;
    expect(exact.services["a"]?.volumes).toMatchObject([{ type: "image", source }, { source: "vol" }]);
    expect(imagesOnly(exact)).toEqual({
      services: { a: { volumes: [{ type: "image", source, target: "/d", image: { subpath: "s" } }] } },
    });
  });

  it("are not asked for where the file has them, and cannot be told where a registry does not know them", async () => {
    const exact = loadOk(`services: {a: {image: 'x@${digest("a")}'}}\n`);
    const { asked, ask } = registriesWith({});
    expect((await withDigests(exact, ask)).services["a"]?.image).toBe(`docker.io/library/x@${digest("a")}`);
    expect(asked).toEqual([]);
    await expect(withDigests(loadOk("services: {a: {image: y}}\n"), ask)).rejects.toThrow(
      "no docker.io/library/y:latest",
    );
  });
});
