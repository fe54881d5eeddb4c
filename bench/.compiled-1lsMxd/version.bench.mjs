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

// bench/version.bench.ts
var node = (...args) => async () => void await succeed(process.execPath, args);
var bench = {
  claim: "`slipway --version` takes at most 1.4 times as long as `node -e 0`",
  async *run({ quick }) {
    const times = await timeSides(
      [
        { name: "slipway --version", once: node(`${packageFolder}/bin/slipway`, "--version") },
        { name: "node -e 0", once: node("-e", "0") }
      ],
      quick ? 3 : 20
    );
    const slipway = times.get("slipway --version") ?? [];
    const bare = times.get("node -e 0") ?? [];
    yield describeTimes("slipway --version", slipway);
    yield describeTimes("node -e 0", bare);
    yield describeRatio("slipway --version / node -e 0", slipway, bare, 1.4);
  }
};
export {
  bench
};
