// Every kind of file below the state directory is torn, in turn and in every way that a power failure tears: the engine starts, says what
// it found damaged, serves what is left, and ends without a trace.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import type { EngineUnderTest } from "../support/engines.ts";
import { killAndWait } from "../support/proc.ts";

const tears: Readonly<Record<string, (whole: Buffer) => Buffer>> = {
  "cut short": (whole) => whole.subarray(0, Math.floor(whole.length / 2)),
  empty: () => Buffer.alloc(0),
  zeros: (whole) => Buffer.alloc(whole.length),
  garbage: (whole) => Buffer.from(whole.map((byte, index) => (byte ^ (index * 151)) & 0xff)),
  "of another kind": () => Buffer.from("null"),
};

/** What a client would miss if it were gone: such a file must be set aside. Others are made anew, or say less without harm. */
const RECORDS =
  /^(images|networks|blobs)\/[^/]*json$|^containers\/[^/]+\/(container\.json|state)$|^volumes\/[^/]+\/volume\.json$/;

/** Contents of containers, volumes and images are their owners'. */
const PAYLOAD = /^(containers\/[^/]+\/(layer|rootfs)|volumes\/[^/]+\/_data|layers|host-image|native)(\/|$)/;

function stateFiles(root: string, folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (PAYLOAD.test(relative(root, path))) return [];
    if (entry.isDirectory()) return stateFiles(root, path);
    return entry.isFile() ? [relative(root, path)] : [];
  });
}

/** Its path with what tells it from others of its kind left out. */
function kindOf(path: string): string {
  return path.replaceAll(/[0-9a-f]{16,64}/g, "ID");
}

/** One of everything that leaves a file: a container that runs and one that has ended, a network, a volume, an image with a layer. */
async function furnish(engine: EngineUnderTest): Promise<void> {
  await engine.succeed("network", "create", "front");
  const run = ["-v", "data:/data", "--network", "front", "slipway/host"];
  await engine.succeed("run", "-d", "--name", "running", ...run, "sleep", "1000");
  await engine.docker(["run", "--name", "ended", ...run, "sh", "-c", "exit 4"]);
  const folder = await engine.folder();
  await engine.command("sh", [
    "-c",
    `echo hello > ${folder}/file && tar -C ${folder} -c file | docker import - one:1`,
  ]);
}

/** Whatever was lost, a new container with a name, an address, a port and a volume works. */
async function serves(engine: EngineUnderTest): Promise<string> {
  await engine.docker(["rm", "-f", "new"]);
  const run = ["run", "--rm", "--name", "new", "-p", "127.0.0.1::80", "-v", "/scratch"];
  return engine.succeed(...run, "slipway/host", "echo", "works");
}

/**
 * One file of each kind with the tears to try on it: all on request, else one that differs from user to user. Ordinary users
 * share the kinds between them.
 */
function plan(root: string, user: EngineUnderTest["user"]): { file: string; name: string }[] {
  const byKind = new Map(stateFiles(root).map((file) => [kindOf(file), file]));
  const names = Object.keys(tears);
  const offset = user === undefined ? 0 : user.subordinateIds ? 1 : 2;
  const all = process.env["SLIPWAY_TEST_TEARS"] === "all";
  return [...byKind.values()].flatMap((file, index) => {
    if (all) return names.map((name) => ({ file, name }));
    const isOthers = offset > 0 && index % 2 !== offset % 2;
    return isOthers ? [] : [{ file, name: names[(index + offset) % names.length] ?? "" }];
  });
}

/** Sentences about what is wrong with an engine that was started on torn state. */
async function faultsAfter(engine: EngineUnderTest, path: string, isRecord: boolean): Promise<string[]> {
  const faults: string[] = [];
  const isSetAside = (await engine.status()).damaged.includes(`${path}.quarantined`);
  if (isRecord && !isSetAside) faults.push("it is not among what is damaged");
  if (isSetAside && !(await engine.slipway(["engine", "status"])).stdout.includes(`${path}.quarantined`))
    faults.push("the status does not show it");
  const works = await serves(engine).catch(String);
  if (works !== "works\n") faults.push(works);
  return faults;
}

describeEachEngine(
  "torn state",
  (engine) => {
    it("is set aside and told of, and never fatal", { timeout: 600_000 }, async () => {
      const root = engine().root ?? "";
      await engine().start();
      await furnish(engine());
      const steps = plan(root, engine().user);
      const kinds = stateFiles(root).map(kindOf);
      expect(kinds).toEqual(expect.arrayContaining(["containers/ID/container.json", "networks/ID.json"]));
      const faults: string[] = [];
      for (const { file, name } of steps) {
        const path = join(root, file);
        // Of a journal that is cut short the last whole line counts.
        const isRecord = RECORDS.test(file) && !(file.endsWith("/state") && name === "cut short");
        await killAndWait((await engine().status()).pid);
        const whole = readFileSync(path);
        writeFileSync(path, tears[name]?.(whole) ?? whole);
        const { code, stderr } = await engine().slipway(["engine", "start"]);
        const found =
          code === 0 ? await faultsAfter(engine(), path, isRecord) : [`the engine does not start: ${stderr}`];
        faults.push(...found.map((fault) => `${kindOf(file)}, ${name}: ${fault}`));
        await putBack(engine(), path, whole);
      }
      expect(faults).toEqual([]);
      expect(await engine().succeed("inspect", "-f", "{{.State.ExitCode}}", "ended")).toBe("4\n");
      await engine().succeed("rm", "-f", "running", "ended");
    });
  },
  { only: "bundled" },
);

/** As it was before, so that each tear meets the same; its owner and mode are kept by the file that was set aside. */
async function putBack(engine: EngineUnderTest, path: string, whole: Buffer): Promise<void> {
  await killAndWait((await engine.status()).pid);
  if (existsSync(`${path}.quarantined`)) renameSync(`${path}.quarantined`, path);
  if (existsSync(dirname(path))) writeFileSync(path, whole);
  await engine.start();
  await engine.docker(["start", "running"]);
}
