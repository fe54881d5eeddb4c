// bench/config.bench.ts
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// test/support/package-copy.ts
import { fileURLToPath } from "node:url";

// test/support/processes.ts
import { spawn } from "node:child_process";
function run(command, args, options = {}) {
  const spawnOptions = { stdio: "pipe", env: options.env ?? process.env };
  if (options.cwd !== void 0) spawnOptions.cwd = options.cwd;
  const child = spawn(command, args, spawnOptions);
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text) => output.stdout += text);
  child.stderr?.setEncoding("utf8").on("data", (text) => output.stderr += text);
  child.stdin?.on("error", () => {
  });
  child.stdin?.end(options.input ?? "");
  const timer = setTimeout(() => child.kill("SIGKILL"), options.timeout ?? 6e4);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? (signal === "SIGKILL" ? 137 : 143), ...output });
    });
  });
}
async function succeed(command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.code === 0) return result.stdout;
  throw new Error(
    `${command} ${args.join(" ")} exited with ${result.code}
${result.stderr}
${result.stdout}`
  );
}

// test/support/package-copy.ts
var packageFolder = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

// bench/measure.ts
import { setTimeout as setTimeout2 } from "node:timers/promises";
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === void 0) throw new Error("median of nothing");
  return middle;
}
var PAUSE_MILLISECONDS = 30;
async function timeSides(sides, rounds, warmup = 1) {
  const times = new Map(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds + warmup; round += 1) {
    for (const side of sides) {
      await setTimeout2(PAUSE_MILLISECONDS);
      const start = performance.now();
      await side.once();
      if (round >= warmup) times.get(side.name)?.push(performance.now() - start);
    }
  }
  return times;
}
var format = (value) => value < 100 ? value.toFixed(1) : value.toFixed(0);
function describeTimes(name, values) {
  const range = `min ${format(Math.min(...values))}, max ${format(Math.max(...values))}, n=${values.length}`;
  return { text: `${name.padEnd(44)} median ${format(median(values))} ms (${range})` };
}
function describeRatio(name, a, b, goal) {
  const ratio = median(a) / median(b);
  const met = ratio <= goal;
  return {
    text: `${name.padEnd(44)} ratio ${ratio.toFixed(3)}, goal at most ${goal.toFixed(3)}: ${met ? "met" : "MISSED"}`,
    met
  };
}

// bench/config.bench.ts
function generateProject(count) {
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
      `    ports: ["${1e4 + index}:8000"]`,
      `    volumes: ["data-${index % 10}:/data", "./config:/etc/app:ro"]`
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
    ""
  ].join("\n");
}
var slipway = (...args) => async () => void await succeed(process.execPath, [`${packageFolder}/bin/slipway`, ...args]);
var bench = {
  claim: "`config` is linear: 1,000 services at most 2.2 times 500, and 500 at most 4 times `slipway --version`",
  async *run({ quick }) {
    const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
    try {
      for (const count of [10, 100, 500, 1e3])
        await writeFile(join(folder, `${count}.yaml`), generateProject(count));
      const sides = [10, 100, 500, 1e3].map((count) => ({
        name: `config of ${count} services`,
        once: slipway("-f", join(folder, `${count}.yaml`), "config", "-q")
      }));
      const times = await timeSides(
        [...sides, { name: "slipway --version", once: slipway("--version") }],
        quick ? 2 : 10
      );
      const of = (name) => times.get(name) ?? [];
      for (const [name, values] of times) yield describeTimes(name, values);
      yield describeRatio(
        "1,000 services / 500 services",
        of("config of 1000 services"),
        of("config of 500 services"),
        2.2
      );
      yield describeRatio(
        "500 services / --version",
        of("config of 500 services"),
        of("slipway --version"),
        4
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
};
export {
  bench
};
