import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import { collect, logOf, openRealEngine, refusal, runToEnd } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join("");

const COUNT = [
  "sh",
  "-c",
  'i=0; while [ $i -lt 600 ]; do i=$((i+1)); echo "line $i"; [ $((i%10)) -gt 0 ] || sleep 0.005; done',
];
const compressing = (files: string): HostConfig => ({
  LogConfig: { Type: "json-file", Config: { "max-size": "4k", "max-file": files, compress: "true" } },
});

describe.skipIf(refusal !== undefined)("logs of containers", () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await openRealEngine();
  });
  afterAll(() => engine.end());

  const files = (id: string): string[] =>
    readdirSync(join(engine.root, "containers", id))
      .filter((name) => name.startsWith("log"))
      .toSorted();

  it("that are rotated keep their last files, and read as one", async () => {
    const ran = await runToEnd(engine, {
      Cmd: ["sh", "-c", 'i=0; while [ $i -lt 600 ]; do i=$((i+1)); echo "line $i"; done'],
      HostConfig: { LogConfig: { Type: "json-file", Config: { "max-size": "4k", "max-file": "3" } } },
    });
    const [newest, ...older] = files(ran.id);
    expect([newest, older.length]).toEqual(["log", 2]);
    for (const name of older) expect(name).toMatch(/^log\.\d+$/);
    for (const name of files(ran.id)) {
      expect(statSync(join(engine.root, "containers", ran.id, name)).size).toBeLessThan(4096 + 64);
    }
    const first = Number(/line (\d+)/.exec(ran.stdout)?.[1]);
    expect(first).toBeGreaterThan(1);
    expect(ran.stdout).toBe(numbers(first, 600));
    const options = { stdout: true, stderr: true, follow: false, timestamps: false, tail: 150 };
    const last = await collect(
      (await engine.containers.logs(ran.id, options, new AbortController().signal)).records,
    );
    expect(last.stdout).toBe(numbers(451, 600));
  });

  it("are followed from file to file, nothing twice and nothing left out", async () => {
    const id = await engine.create({
      Cmd: [
        "sh",
        "-c",
        'i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo "line $i"; [ $((i%10)) -gt 0 ] || sleep 0.01; done',
      ],
      HostConfig: { LogConfig: { Type: "json-file", Config: { "max-size": "1k", "max-file": "20" } } },
    });
    await engine.containers.start(id);
    const options = { stdout: true, stderr: true, follow: true, timestamps: false };
    const followed = await collect(
      (await engine.containers.logs(id, options, new AbortController().signal)).records,
    );
    expect(followed.stdout).toBe(numbers(1, 300));
    expect(files(id).length).toBeGreaterThan(10);
    expect((await logOf(engine, id)).stdout).toBe(numbers(1, 300));
  });

  it("and what comes live are one whole for whoever attaches with both", async () => {
    const id = await engine.create({
      Cmd: [
        "sh",
        "-c",
        'i=0; while [ $i -lt 4000 ]; do i=$((i+1)); printf "line %d" $i; [ $((i%100)) -gt 0 ] || sleep 0.005; echo; done',
      ],
      HostConfig: { LogConfig: { Type: "local", Config: { "max-size": "8k", "max-file": "1000" } } },
    });
    await engine.containers.start(id);
    const attached = await Promise.all(
      Array.from({ length: 5 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 7));
        const streams = { stdin: false, stdout: true, stderr: true, stream: true, logs: true };
        return await collect((await engine.containers.attach(id, streams)).output);
      }),
    );
    for (const { stdout } of attached) expect(stdout).toBe(numbers(1, 4000));
  });

  async function untilCompressed(id: string): Promise<string[]> {
    for (;;) {
      const names = files(id);
      if (names.every((name) => name === "log" || name.endsWith(".gz"))) return names;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it("are compressed but for the last file, and read as one: live, at rest and from the end", async () => {
    const id = await engine.create({ Cmd: COUNT, HostConfig: compressing("50") });
    await engine.containers.start(id);
    const live = { stdout: true, stderr: true, follow: true, timestamps: false };
    const followed = await collect(
      (await engine.containers.logs(id, live, new AbortController().signal)).records,
    );
    expect(followed.stdout).toBe(numbers(1, 600));
    const names = await untilCompressed(id);
    expect(names.length).toBeGreaterThan(4);
    expect(readFileSync(join(engine.root, "containers", id, "log"), "utf8")).toContain("line 600\n");
    expect((await logOf(engine, id)).stdout).toBe(numbers(1, 600));
    for (const tail of [0, 1, 10, 300, 599, 600, 601]) {
      const options = { ...live, follow: false, tail };
      const read = await collect(
        (await engine.containers.logs(id, options, new AbortController().signal)).records,
      );
      expect(read.stdout).toBe(numbers(Math.max(1, 601 - tail), 600));
    }
  });

  it("keep no more files than they may when these are compressed, and no leavings", async () => {
    const { id, stdout } = await runToEnd(engine, { Cmd: COUNT, HostConfig: compressing("3") });
    const first = Number(/line (\d+)/.exec(stdout)?.[1]);
    expect(stdout).toBe(numbers(first, 600));
    expect(await untilCompressed(id)).toHaveLength(3);
    expect((await logOf(engine, id)).stdout).toBe(stdout);
    await engine.containers.start(id);
    await engine.containers.wait(id, "not-running", new AbortController().signal).result;
    expect(await untilCompressed(id)).toHaveLength(3);
    expect((await logOf(engine, id)).stdout).toMatch(/line 600\n$/);
  });

  it("that nobody compressed are compressed by the next engine", async () => {
    const id = await engine.create({ Cmd: COUNT, HostConfig: compressing("50") });
    await engine.containers.start(id);
    engine.abandon();
    while (!existsSync(join(engine.root, "containers", id, "exit")))
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(files(id).some((name) => /\d$/.test(name))).toBe(true);
    engine = await openRealEngine(engine.root);
    await untilCompressed(id);
    expect((await logOf(engine, id)).stdout).toBe(numbers(1, 600));
  });

  it("with details show what the options name", async () => {
    const { id } = await runToEnd(engine, {
      Cmd: ["echo", "hello"],
      Labels: { team: "blue" },
      HostConfig: { LogConfig: { Type: "json-file", Config: { labels: "team" } } },
    });
    const { id: plain } = await runToEnd(engine, { Cmd: ["echo", "hello"] });
    const options = { stdout: true, stderr: true, follow: false, timestamps: false, details: true };
    const said = async (of: string): Promise<string> => {
      const { records } = await engine.containers.logs(of, options, new AbortController().signal);
      return (await collect(records)).stdout;
    };
    expect(await said(id)).toBe("team=blue hello\n");
    expect(await said(plain)).toBe(" hello\n");
  });
});
