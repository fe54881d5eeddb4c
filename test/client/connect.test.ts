// Finding an engine in the world: sockets that answer, contexts in files, and messages when nothing does.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectEngine, findEngine, type EngineRequest } from "../../src/client/connect.ts";
import { startFakeApi, type FakeApi } from "./fake-api.ts";

describe("finding an engine", () => {
  let home = "";
  let api: FakeApi;
  const notes: string[] = [];

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "slipway-home-"));
    notes.length = 0;
    api = await startFakeApi({
      answers: {
        "GET /_ping": (_call, response) => {
          response.writeHead(200, { "Api-Version": "1.51", Server: "Fake/9 (linux)" }).end("OK");
        },
      },
    });
  });

  afterEach(async () => {
    await api.close();
    await rm(home, { recursive: true });
  });

  function request(changes: Partial<EngineRequest>): EngineRequest {
    return {
      env: {},
      platform: "linux",
      home,
      uid: 7,
      engineScript: "/absent",
      onNote: (message) => notes.push(message),
      ...changes,
    };
  }

  async function writeContext(name: string, address: string): Promise<void> {
    const digest = createHash("sha256").update(name).digest("hex");
    const folder = join(home, ".docker", "contexts", "meta", digest);
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, "meta.json"),
      JSON.stringify({ Name: name, Endpoints: { docker: { Host: address } } }),
    );
    await writeFile(join(home, ".docker", "config.json"), JSON.stringify({ currentContext: name }));
  }

  it("connects to an address, whatever DOCKER_HOST says to the client library", async () => {
    process.env["DOCKER_HOST"] = "tcp://127.0.0.1:1";
    try {
      const { client, bundled } = await connectEngine(request({ requested: `unix://${api.socket}` }));
      expect(bundled).toBe(false);
      expect(await client.version()).toEqual({ apiVersion: "1.51", server: "Fake/9 (linux)" });
    } finally {
      delete process.env["DOCKER_HOST"];
    }
  });

  it("takes the current docker context", async () => {
    await writeContext("work", `unix://${api.socket}`);
    expect((await findEngine(request({ requested: "docker" }))).origin).toBe('docker context "work"');
  });

  it("says that the context does not answer when another engine is taken", async () => {
    await writeContext("work", `unix://${home}/absent.sock`);
    const env = { XDG_RUNTIME_DIR: home };
    const found = await findEngine(request({ env: { ...env, DOCKER_CONTEXT: "" } })).catch(() => undefined);
    expect(notes[0]).toMatch(/^docker context "work" does not answer/);
    expect(found?.origin).not.toBe('docker context "work"');
  });

  it("names what it tried and what would work", async () => {
    const env = { DOCKER_HOST: `unix://${home}/absent.sock` };
    await expect(findEngine(request({ env }))).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringMatching(/^no engine answers at DOCKER_HOST=unix:.*absent\.sock: connect ENOENT/),
      hint: expect.stringContaining("--engine bundled"),
    });
  });

  it("refuses an address that is none", async () => {
    await expect(findEngine(request({ requested: "nonsense" }))).rejects.toMatchObject({ code: "invalid" });
  });
});
