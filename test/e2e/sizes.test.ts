// What containers, images and volumes hold, as `ps -s`, `inspect -s` and `system df` tell it.
import { beforeAll, expect, it } from "vitest";
import { busyboxImage, busyboxUnavailable, importBusybox } from "../support/busybox-image.ts";
import { describeEachEngine } from "../support/each-engine.ts";

describeEachEngine("sizes", (engine) => {
  beforeAll(async () => {
    if (busyboxUnavailable !== undefined) return console.warn(`sizes: skipped, ${busyboxUnavailable}`);
    await engine().start();
    await importBusybox(engine());
  });

  const docker = async (...args: string[]): Promise<string> => (await engine().succeed(...args)).trim();

  it.skipIf(busyboxUnavailable !== undefined)("of containers include their image's, and agree", async () => {
    const write =
      "mkdir -p /a/b; head -c 50000 /dev/zero > /a/b/x; ln /a/b/x /a/y; chmod 0 /a; head -c 70000 /dev/zero > /v/z";
    await docker("run", "--name", "writer", "-v", "/v", busyboxImage, "sh", "-c", write);
    const image = Number(await docker("image", "inspect", "-f", "{{.Size}}", busyboxImage));
    const [written, whole] = (await docker("inspect", "-s", "-f", "{{.SizeRw}} {{.SizeRootFs}}", "writer"))
      .split(" ")
      .map(Number);
    // A storage driver may count what it keeps of its own (Docker's: a few bytes).
    expect(written).toBeGreaterThanOrEqual(50_000);
    expect(written).toBeLessThan(51_000);
    expect(whole).toBe(image + (written ?? 0));
    expect(await docker("ps", "-as", "--format", "{{.Size}}", "--filter", "name=writer")).toMatch(
      /^50(\.0)?\d*kB \(virtual .*MB\)$/,
    );
    const volume = await docker("inspect", "-f", "{{(index .Mounts 0).Name}}", "writer");
    const df = await docker("system", "df", "-v", "--format", "{{json .}}");
    const { Containers, Volumes } = JSON.parse(df) as {
      Containers: { Names: string; Size: string }[];
      Volumes: { Name: string; Size: string }[];
    };
    expect(Containers.find(({ Names }) => Names === "writer")?.Size).toMatch(/^50(\.0)?\d*kB/);
    expect(Volumes.find(({ Name }) => Name === volume)?.Size).toBe("70kB");
    await docker("rm", "-v", "writer");
  });
});
