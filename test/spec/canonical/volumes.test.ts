import { describe, expect, it } from "vitest";
import { headlines, serviceWith } from "../load-yaml.ts";

const mounts = (list: string) =>
  serviceWith(`    volumes: ${list}`, { rest: "volumes:\n  data:\n  C:\n" }).volumes;

describe("volumes of a service", () => {
  it.each([
    ["[/data]", [{ type: "volume", target: "/data", volume: {} }]],
    ["['data:/data']", [{ type: "volume", source: "data", target: "/data", volume: {} }]],
    [
      "['data:/data:ro,nocopy']",
      [{ type: "volume", source: "data", target: "/data", read_only: true, volume: { nocopy: true } }],
    ],
    ["['./src:/app']", [{ type: "bind", source: "/project/src", target: "/app", bind: {} }]],
    ["['../src:/app/./x/..']", [{ type: "bind", source: "/src", target: "/app", bind: {} }]],
    [
      "['~/cache:/cache:rw,z,rshared']",
      [
        {
          type: "bind",
          source: "/home/ann/cache",
          target: "/cache",
          bind: { selinux: "z", propagation: "rshared" },
        },
      ],
    ],
    [
      "['data:/data:Z,rslave', '/src:/app:nocopy']",
      [
        {
          type: "volume",
          source: "data",
          target: "/data",
          bind: { selinux: "Z", propagation: "rslave" },
          volume: {},
        },
        { type: "bind", source: "/src", target: "/app", bind: {}, volume: { nocopy: true } },
      ],
    ],
    ["['C:\\x:/x']", [{ type: "bind", source: "C:\\x", target: "/x", bind: {} }]],
    [
      "[{type: tmpfs, target: /t, tmpfs: {size: 1m, mode: 0755}}]",
      [{ type: "tmpfs", target: "/t", tmpfs: { size: "1048576", mode: 0o755 } }],
    ],
    [
      "[{type: bind, source: ., target: /x, bind: {create_host_path: true}}]",
      [{ type: "bind", source: "/project", target: "/x", bind: {} }],
    ],
    [
      "[{type: bind, source: ., target: /x, bind: {create_host_path: 'false'}}]",
      [{ type: "bind", source: "/project", target: "/x", bind: { create_host_path: false } }],
    ],
  ])("%s", (yaml, expected) => {
    expect(mounts(yaml)).toEqual(expected);
  });

  it("are the same in short and long form", () => {
    const long = "[{type: bind, source: ./src, target: /app, read_only: true, bind: {}}]";
    expect(mounts("['./src:/app:ro']")).toEqual(mounts(long));
  });

  it("keep the later of two with the same target", () => {
    expect(mounts("['data:/x', './src:/x/']")).toMatchObject([{ type: "bind", target: "/x" }]);
  });

  it("need a target", () => {
    const yaml = "services: {web: {image: x, volumes: [{type: bind, source: /a}]}}\n";
    expect(headlines(yaml)).toEqual([
      "compose.yaml:1:38: error: services.web.volumes.0 needs a `target` [schema]",
    ]);
  });

  it.each([
    ["/a:/b:ro:d", "invalid spec: /a:/b:ro:d: too many colons"],
    ["foo::ro", "invalid spec: foo::ro: empty section between colons"],
  ])("%s is malformed", (volume, problem) => {
    expect(headlines(`services:\n  web:\n    image: x\n    volumes:\n      - "${volume}"\n`)).toEqual([
      `compose.yaml:5:9: error: ${problem} [invalid-value]`,
    ]);
  });
});
