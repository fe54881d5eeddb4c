import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFolder } from "../test/support/package-copy.ts";
import { succeed } from "../test/support/processes.ts";
import { describeRatio, describeTimes, timeSides, type Bench } from "./measure.ts";

/** A project of that many services: images, ports, environment, volumes, healthchecks, anchors, extensions, dependencies. */
function generateProject(count: number): string {
  const services = Array.from({ length: count }, (_, index) => {
    const lines = [
      `  service-${index}:`,
      // Some have what they share by an anchor, some by extending a service.
      index % 4 === 0 ? "    extends: { service: common }" : "    <<: *base",
      `    image: registry.example/team/service-${index}:\${TAG:-1.2.3}`,
      "    environment:",
      `      NAME: service-${index}`,
      `      PEER: http://service-${Math.max(0, index - 1)}:8000`,
      `      LEVEL: \${LEVEL:-info}`,
      `    ports: ["${10_000 + index}:8000"]`,
      `    volumes: ["data-${index % 10}:/data", "./config:/etc/app:ro"]`,
    ];
    if (index > 0)
      lines.push("    depends_on:", `      service-${index - 1}:`, "        condition: service_healthy");
    return lines.join("\n");
  });
  const volumes = Array.from({ length: 10 }, (_, index) => `  data-${index}:`);
  return [
    "x-base: &base",
    "  restart: unless-stopped",
    "  healthcheck: { test: [CMD, wget, -qO-, localhost:8000], interval: 5s }",
    "  deploy: { resources: { limits: { memory: 128M, cpus: '0.5' } } }",
    "services:",
    "  common:",
    "    image: registry.example/team/common",
    "    restart: unless-stopped",
    "    environment: { SHARED: yes-please, LEVEL: debug }",
    "    healthcheck: { test: [CMD, wget, -qO-, localhost:8000], interval: 5s }",
    ...services,
    "volumes:",
    ...volumes,
    "",
  ].join("\n");
}

/** With compiled code of its own, so that what other commands have left there plays no part. */
const slipway =
  (cache: string, ...args: string[]) =>
  async (): Promise<void> => {
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    await succeed(process.execPath, [`${packageFolder}/bin/slipway`, ...args], { env });
  };

export const bench: Bench = {
  claim:
    "`config` is linear: 1,000 services at most 2.2 times 500, and 500 at most 4 times `slipway --version`",
  async *run({ quick }) {
    const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
    try {
      for (const count of [10, 100, 500, 1000])
        await writeFile(join(folder, `${count}.yaml`), generateProject(count));
      const sides = [10, 100, 500, 1000].map((count) => ({
        name: `config of ${count} services`,
        once: slipway(folder, "-f", join(folder, `${count}.yaml`), "config", "-q"),
      }));
      const times = await timeSides(
        [...sides, { name: "slipway --version", once: slipway(folder, "--version") }],
        quick ? 2 : 10,
      );
      const of = (name: string): number[] => times.get(name) ?? [];
      for (const [name, values] of times) yield describeTimes(name, values);
      yield describeRatio(
        "1,000 services / 500 services",
        of("config of 1000 services"),
        of("config of 500 services"),
        2.2,
      );
      yield describeRatio(
        "500 services / --version",
        of("config of 500 services"),
        of("slipway --version"),
        4,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
