// `docker import` of an address: the engine fetches the archive itself, from a small server where it looks for loopback addresses.
import { randomBytes } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeArchive } from "../native/archive-trees.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import type { EngineUnderTest } from "../support/engines.ts";
import { run } from "../support/processes.ts";

const hasDocker = (await run("sh", ["-c", "command -v docker"])).code === 0;

/** Says its port; serves the archive, refusals, redirects, and one that breaks off. */
const server = `
const { readFileSync } = require("node:fs");
const archive = readFileSync(process.argv[1]);
require("node:http").createServer((request, response) => {
  const [, what, number] = request.url.split("/");
  if (what === "status") return response.writeHead(Number(number)).end("because\\n");
  if (what === "hops") {
    const next = Number(number) === 0 ? "/root.tar" : "/hops/" + (Number(number) - 1);
    return response.writeHead(302, { Location: next }).end();
  }
  if (what === "short") {
    response.writeHead(200, { "Content-Length": archive.length });
    response.write(archive.subarray(0, 50_000));
    return setTimeout(() => response.destroy(), 50);
  }
  response.writeHead(200, { "Content-Length": archive.length }).end(archive);
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;

async function startServer(
  { networkPid }: EngineUnderTest,
  archive: string,
): Promise<[ChildProcess, string]> {
  const node = [process.execPath, "-e", server, archive];
  const [program = "", ...words] =
    networkPid === undefined ? node : ["nsenter", "-t", String(networkPid), "-n", ...node];
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(createInterface(child.stdout), "line")) as [string];
  return [child, `127.0.0.1:${port}`];
}

describeEachEngine("docker import of an address", (engine) => {
  let child: ChildProcess | undefined;
  let host: string;

  beforeAll(async () => {
    await engine().start();
    const folder = await engine().folder();
    await chmod(folder, 0o755);
    const archive = join(folder, "root.tar.gz");
    await writeFile(archive, gzipSync(await makeArchive([{ name: "f", contents: randomBytes(100_000) }])));
    [child, host] = await startServer(engine(), archive);
  });
  afterAll(async () => {
    if (child === undefined || child.exitCode !== null) return;
    child.kill();
    await once(child, "exit");
  });

  it.skipIf(!hasDocker)("makes an image of what is there, redirects followed", async () => {
    for (const path of ["root.tar", "hops/3"]) {
      const made = await engine().docker(["import", `http://${host}/${path}`, "fetched:1"]);
      expect(made).toMatchObject({ code: 0, stderr: "" });
      const [first, id] = made.stdout.trim().split("\n");
      expect(first).toBe(`Downloading from http://${host}/${path}`);
      const shown = await engine().docker([
        "history",
        "--no-trunc",
        "--format",
        "{{.ID}} {{.Comment}}",
        "fetched:1",
      ]);
      expect(shown.stdout.trim()).toBe(`${String(id)} Imported from http://${host}/${path}`);
    }
  });

  it.each([
    ["status/404", 404, "failed to GET http://HOST/status/404 with status 404 Not Found: because"],
    ["status/400", 400, "failed to GET http://HOST/status/400 with status 400 Bad Request: because"],
    ["status/401", 401, "failed to GET http://HOST/status/401 with status 401 Unauthorized: because"],
    ["status/403", 403, "failed to GET http://HOST/status/403 with status 403 Forbidden: because"],
    [
      "status/500",
      500,
      "failed to GET http://HOST/status/500 with status 500 Internal Server Error: because",
    ],
    ["hops/30", 500, "stopped after 10 redirects"],
  ])("tells what the server refuses: %s", async (path, status, message) => {
    const source = encodeURIComponent(`http://${host}/${path}`);
    const answer = await engine().command("curl", [
      "-s",
      "-w",
      "%{http_code}",
      "-X",
      "POST",
      "--unix-socket",
      engine().socket,
      `http://engine/images/create?fromSrc=${source}&repo=none`,
    ]);
    expect(answer.stdout).toContain(message.replace("HOST", host));
    expect(answer.stdout.endsWith(String(status))).toBe(true);
  });

  it.skipIf(!hasDocker)("keeps nothing of one that breaks off, or that nobody serves", async () => {
    const short = await engine().docker(["import", `http://${host}/short`, "short:1"]);
    expect(short.code).toBe(1);
    const nobody = await engine().docker(["import", "http://127.0.0.1:1/root.tar", "short:1"]);
    expect(nobody).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Get "http://127.0.0.1:1/root.tar"'),
    });
    expect((await engine().docker(["images", "-q", "short"])).stdout).toBe("");
  });
});
