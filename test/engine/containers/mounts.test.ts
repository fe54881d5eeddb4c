import { describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import type { ContainerMount } from "../../../src/engine/containers/container-mount.ts";
import { byDepth, planMounts } from "../../../src/engine/containers/mounts.ts";

function imageId(ref: string): string | undefined {
  return ref === "none" ? undefined : `id-of-${ref}`;
}

function plan(
  hostConfig: HostConfig,
  volumes: Record<string, object> = {},
  donor: readonly ContainerMount[] = [],
): ContainerMount[] {
  return planMounts({ hostConfig, config: { Volumes: volumes }, mountsOf: () => donor, imageId });
}

function one(hostConfig: HostConfig): ContainerMount {
  const [mount, ...others] = plan(hostConfig);
  expect(others).toEqual([]);
  if (mount === undefined) throw new Error("no mount");
  return mount;
}

describe("binds in the short form", () => {
  it("bind an absolute path, which is made when missing", () => {
    expect(one({ Binds: ["/srv/data/:/data/"] })).toMatchObject({
      type: "bind",
      source: "/srv/data",
      target: "/data",
      readOnly: false,
      mode: "",
      propagation: "rprivate",
      createSource: true,
      recursive: true,
    });
  });

  it("take options", () => {
    expect(one({ Binds: ["/a:/b:ro,rslave,z"] })).toMatchObject({
      readOnly: true,
      propagation: "rslave",
      mode: "ro,rslave,z",
    });
  });

  it("are a volume of the container's own when they only say where", () => {
    const mount = one({ Binds: ["/data/"] });
    expect(mount).toMatchObject({ type: "volume", target: "/data", copy: true, mode: "" });
    expect(mount.name).toBeUndefined();
  });

  it("make their volumes with the driver that the request names", () => {
    const hostConfig = { VolumeDriver: "nfs", Binds: ["data:/data", "/srv:/srv", "/own"] };
    expect(plan(hostConfig, { "/image": {} }).map(({ target, driver }) => [target, driver])).toEqual([
      ["/data", "nfs"],
      ["/srv", undefined],
      ["/own", "nfs"],
      ["/image", "nfs"],
    ]);
    expect(plan({ ...hostConfig, VolumeDriver: "" })[0]?.driver).toBeUndefined();
  });

  it("name a volume otherwise", () => {
    expect(one({ Binds: ["data:/data:nocopy"] })).toMatchObject({
      type: "volume",
      name: "data",
      copy: false,
    });
    expect(one({ Binds: ["data:/data"] })).toMatchObject({ type: "volume", copy: true, mode: "z" });
  });

  it.each([
    ["a", "invalid mount path: 'a' mount path must be absolute"],
    ["", "invalid volume specification: ''"],
    ["/a:/b:ro:x", "invalid volume specification: '/a:/b:ro:x'"],
    [":/b", "invalid volume specification: ':/b'"],
    ["/a:b", "invalid mount path: 'b' mount path must be absolute"],
    ["/a:/", "destination can't be '/'"],
    ["/a:/b/..", "destination can't be '/'"],
    ["/a:/b:ro,rw", "invalid mode: ro,rw"],
    ["/a:/b:nocopy", "invalid mode: nocopy"],
    ["vol:/b:rshared", "invalid mode: rshared"],
    ["./a:/b", "includes invalid characters for a local volume name"],
  ])("refuse %s", (bind, message) => {
    expect(() => plan({ Binds: [bind] })).toThrow(message);
  });
});

describe("mounts in the long form", () => {
  it("bind only what exists", () => {
    const mount = one({
      Mounts: [
        {
          Type: "bind",
          Source: "/a",
          Target: "/b",
          ReadOnly: true,
          BindOptions: { NonRecursive: true, Propagation: "rslave" },
        },
      ],
    });
    expect(mount).toMatchObject({
      createSource: false,
      readOnly: true,
      recursive: false,
      propagation: "rslave",
    });
  });

  it("give volumes their options", () => {
    const mount = one({
      Mounts: [
        {
          Type: "volume",
          Source: "db",
          Target: "/db",
          VolumeOptions: {
            NoCopy: true,
            Labels: { a: "b" },
            Subpath: "x/y",
            DriverConfig: { Name: "local", Options: { type: "tmpfs" } },
          },
        },
      ],
    });
    expect(mount).toMatchObject({
      name: "db",
      copy: false,
      labels: { a: "b" },
      subpath: "x/y",
      driver: "local",
      driverOpts: { type: "tmpfs" },
    });
  });

  it("give images, to be read only", () => {
    const mount = one({
      Mounts: [{ Type: "image", Source: "app:1", Target: "/app", ImageOptions: { Subpath: "dist" } }],
    });
    expect(mount).toMatchObject({
      type: "image",
      source: "id-of-app:1",
      name: "app:1",
      subpath: "dist",
      readOnly: true,
      copy: false,
      listed: true,
    });
  });

  it("may leave what is mounted below a read-only bind writable", () => {
    const BindOptions = { ReadOnlyNonRecursive: true };
    const mount = one({
      Mounts: [{ Type: "bind", Source: "/a", Target: "/b", ReadOnly: true, BindOptions }],
    });
    expect(mount).toMatchObject({ readOnly: true, readOnlyHere: true });
  });

  it("write tmpfs options out", () => {
    const mount = one({
      Mounts: [
        { Type: "tmpfs", Target: "/t", TmpfsOptions: { SizeBytes: 1024, Mode: 0o700, Options: [["exec"]] } },
      ],
    });
    expect(mount).toMatchObject({
      type: "tmpfs",
      options: "nosuid,nodev,size=1024,mode=700,exec",
      listed: true,
    });
  });

  it.each([
    [{ Type: "bind", Target: "/b" }, 'invalid mount config for type "bind": field Source must not be empty'],
    [{ Type: "bind", Source: "a", Target: "/b" }, "mount path must be absolute"],
    [{ Type: "volume", Source: "v", Target: "" }, "field Target must not be empty"],
    [{ Type: "tmpfs", Source: "v", Target: "/t" }, "field Source must not be specified"],
    [
      { Type: "bind", Source: "/a", Target: "/b", VolumeOptions: { NoCopy: true } },
      "field VolumeOptions must not be specified",
    ],
    [
      { Type: "volume", Source: "v", Target: "/b", VolumeOptions: { Subpath: "../x" } },
      "subpath must be a relative",
    ],
    [
      { Type: "bind", Source: "/a", Target: "/b", BindOptions: { Propagation: "sideways" } },
      "invalid propagation mode: sideways",
    ],
    [
      {
        Type: "bind",
        Source: "/a",
        Target: "/b",
        BindOptions: { ReadOnlyNonRecursive: true, ReadOnlyForceRecursive: true },
      },
      "mount options conflict: ReadOnlyNonRecursive && ReadOnlyForceRecursive",
    ],
    [{ Type: "image", Target: "/i" }, "field Source must not be empty"],
    [{ Type: "image", Source: "none", Target: "/i" }, "No such image: none"],
    [
      { Type: "image", Source: "i", Target: "/i", ImageOptions: { Subpath: "/x" } },
      "subpath must be a relative",
    ],
    [
      { Type: "npipe", Source: "v", Target: "/b" },
      'invalid mount config for type "npipe": mount type unknown',
    ],
  ] as const)("refuse %o", (mount, message) => {
    expect(() => plan({ Mounts: [mount] })).toThrow(message);
  });
});

describe("all mounts together", () => {
  it("refuse two at one place", () => {
    expect(() => plan({ Binds: ["/a:/x", "/b:/x/"] })).toThrow("Duplicate mount point: /x");
    expect(() => plan({ Binds: ["/a:/x"], Tmpfs: { "/x": "" } })).toThrow("Duplicate mount point: /x");
  });

  it("make anonymous volumes only where nothing else is mounted", () => {
    const mounts = plan(
      { Tmpfs: { "/t": "size=1m,exec" }, Binds: ["/a:/x"] },
      { "/x": {}, "/t/": {}, "/v": {} },
    );
    expect(mounts.map((mount) => [mount.type, mount.target, mount.name])).toEqual([
      ["bind", "/x", undefined],
      ["tmpfs", "/t", undefined],
      ["volume", "/v", undefined],
    ]);
    expect(mounts[1]).toMatchObject({ options: "nosuid,nodev,size=1m,exec", listed: false });
  });

  it("take another container's, which an own mount replaces", () => {
    const donor = plan({ Binds: ["db:/db", "/etc:/etc"], Tmpfs: { "/t": "" } });
    const mounts = plan({ VolumesFrom: ["other:ro"], Binds: ["/own:/etc"] }, {}, donor);
    expect(
      mounts.map((mount) => [mount.target, mount.source || mount.name, mount.readOnly, mount.copy]),
    ).toEqual([
      ["/db", "db", true, false],
      ["/etc", "/own", false, false],
    ]);
    expect(() => plan({ VolumesFrom: ["other:wo"] })).toThrow("invalid volumes-from specification: other:wo");
  });

  it("are sorted so that none hides another", () => {
    const targets = ["/a/b/c", "/z", "/a/b", "/a"].map((target) => ({ target }));
    expect(byDepth(targets).map(({ target }) => target)).toEqual(["/z", "/a", "/a/b", "/a/b/c"]);
  });
});
