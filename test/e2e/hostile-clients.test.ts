// Clients that send what no client should, come by the thousand, or vanish in the midst of a stream: the engine refuses, serves the others,
// and keeps nothing of them.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Readable } from "node:stream";
import { expect, it } from "vitest";
import { RawClient } from "../engine/api/http/raw-client.ts";
import { MeasuredEngine } from "../support/api-cycles.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import { findUser, runAs } from "../support/ordinary-users.ts";
import { eventually } from "../support/processes.ts";

const POST = "POST /v1.47/containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

function withLength(body: string): string {
  return `${POST}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Bytes, and the status they are answered with. */
const malformed: readonly (readonly [string, string, number])[] = [
  ["NUL in the target", "GET /containers/\0/json HTTP/1.1\r\nHost: x\r\n\r\n", 404],
  ["NUL in the path, encoded", "GET /containers/%00/json HTTP/1.1\r\nHost: x\r\n\r\n", 404],
  ["a path that is no encoding", "GET /containers/%zz/json HTTP/1.1\r\nHost: x\r\n\r\n", 404],
  ["a climbing path", "GET /containers/../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
  ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400],
  ["a giant header", `GET /_ping HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, 431],
  ["two lengths", `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
  ["a negative length", `${POST}Content-Length: -1\r\n\r\n`, 400],
  ["a length beyond all numbers", `${POST}Content-Length: 99999999999999999999\r\n\r\n`, 400],
  ["length and chunks", `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["a chunk of no size", `${POST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n`, 400],
  ["a chunk of too many digits", `${POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`, 400],
  ["a body over the limit", `${POST}Content-Length: 900000000\r\n\r\n{`, 413],
  ["JSON that ends early", withLength('{"Image":"slipway/host"'), 400],
  ["JSON a hundred thousand deep", withLength(`{"Image":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), 400],
  [
    "labels a hundred thousand deep",
    withLength(`{"Image":"slipway/host","Labels":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`),
    400,
  ],
  ["numbers that are texts", withLength('{"Image":"slipway/host","HostConfig":{"Memory":"much"}}'), 400],
  [
    "an upgrade of what is none",
    "GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    200,
  ],
  ["HTTP/1.0", "GET /_ping HTTP/1.0\r\n\r\n", 200],
  ["an absolute form", "GET http://engine/_ping HTTP/1.1\r\nHost: x\r\n\r\n", 200],
  [
    "a filter named __proto__",
    `GET /containers/json?filters=${encodeURIComponent('{"__proto__":["x"]}')} HTTP/1.1\r\nHost: x\r\n\r\n`,
    400,
  ],
  ["a container named __proto__", "GET /containers/__proto__/json HTTP/1.1\r\nHost: x\r\n\r\n", 404],
  ["a volume named __proto__", "GET /volumes/__proto__ HTTP/1.1\r\nHost: x\r\n\r\n", 404],
];

async function statusOf(socket: string, bytes: string): Promise<number> {
  const client = new RawClient(socket);
  client.send(Buffer.from(bytes, "latin1"));
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(await client.until("\r\n\r\n")) ?? [];
  client.socket.destroy();
  return Number(status);
}

function hangUp(stream: { destroy(): unknown; on(event: "error", listener: () => void): unknown }): void {
  stream.on("error", () => undefined); // it is cut off on purpose
  stream.destroy();
}

async function vanishSending(socket: string, method: string, path: string): Promise<void> {
  const client = connect(socket);
  client.write(
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-tar\r\nContent-Length: 1000000\r\n\r\n`,
  );
  client.write(Buffer.alloc(2048));
  await new Promise((resolve) => client.write(Buffer.alloc(2048), resolve));
  client.destroy();
}

async function vanishAsking(socket: string, path: string): Promise<void> {
  const client = connect(socket);
  await new Promise((resolve) => client.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n\r\n`, resolve));
  client.destroy();
}

describeEachEngine(
  "hostile clients",
  (engine) => {
    let measured: MeasuredEngine | undefined;
    const subject = async (): Promise<MeasuredEngine> => (measured ??= await MeasuredEngine.start(engine()));
    const socket = (): string => engine().socket;

    it.each(malformed)("are answered and no more: %s", async (_, bytes, status) => {
      const { docker } = await subject();
      expect(await statusOf(socket(), bytes)).toBe(status);
      expect(String(await docker.ping())).toBe("OK");
    });

    it("cannot reach what all objects have in common", async () => {
      const { docker } = await subject();
      const Labels = JSON.parse('{"__proto__":"polluted","constructor":"c","toString":"t"}') as Record<
        string,
        string
      >;
      const container = await docker.createContainer({ Image: "slipway/host", Cmd: ["true"], Labels });
      const { Config } = await container.inspect();
      expect(Object.entries(Config.Labels)).toEqual(expect.arrayContaining(Object.entries(Labels)));
      const found = await docker.listContainers({ all: true, filters: { label: ["__proto__=polluted"] } });
      expect(found.map(({ Id }) => Id)).toEqual([container.id]);
      const other = await docker.createContainer({ Image: "slipway/host", Cmd: ["true"] });
      expect((await other.inspect()).Config.Labels["constructor"]).not.toBe("c");
      await Promise.all([container.remove(), other.remove()]);
    });

    it("do not hold up others by a thousand idle connections, nor by heads that never end", async () => {
      const measuredNow = await subject();
      const { docker } = measuredNow;
      const memory: Memory = () => measuredNow.memory();
      const before = await memory();
      const sockets: Socket[] = [];
      for (let count = 0; count < 1000; count += 1) {
        const client = connect(socket());
        await once(client, "connect");
        client.write(
          count % 2 === 0 ? "GET /_ping HTTP/1.1\r\nHost: " : "GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n",
        );
        sockets.push(client);
      }
      const begin = performance.now();
      await docker.ping();
      expect(performance.now() - begin).toBeLessThan(10_000);
      expect((await memory()).rss - before.rss).toBeLessThan(40 * 1024 * 1024);
      for (const client of sockets) client.destroy();
      await returns(memory, before);
    });

    it("leave nothing when they vanish in the midst of a stream of any kind", async () => {
      const measuredNow = await subject();
      const { docker } = measuredNow;
      const memory: Memory = () => measuredNow.memory();
      const container = await docker.createContainer({
        Image: "slipway/host",
        Cmd: ["sh", "-c", "while :; do echo line; sleep 0.01; done"],
        OpenStdin: true,
      });
      await container.start();
      const kinds: Readonly<Record<string, () => Promise<void>>> = {
        events: async () => hangUp((await docker.getEvents({})) as Readable),
        logs: async () =>
          hangUp((await container.logs({ follow: true, stdout: true })) as unknown as Readable),
        attach: async () =>
          hangUp(
            (await container.attach({
              stream: true,
              stdin: true,
              stdout: true,
              hijack: true,
            })) as unknown as Readable,
          ),
        stats: async () => hangUp((await container.stats({ stream: true })) as unknown as Readable),
        exec: async () => {
          const exec = await container.exec({
            Cmd: ["sh", "-c", "for i in $(seq 100); do echo x; sleep 0.005; done"],
            AttachStdout: true,
          });
          hangUp(await exec.start({}));
        },
        export: async () => hangUp((await container.export()) as Readable),
        "archive out": async () => hangUp((await container.getArchive({ path: "/usr/lib" })) as Readable),
        "archive in": () => vanishSending(socket(), "PUT", `/containers/${container.id}/archive?path=/tmp`),
        load: () => vanishSending(socket(), "POST", "/images/load"),
        import: () => vanishSending(socket(), "POST", "/images/create?fromSrc=-"),
        wait: () => vanishAsking(socket(), `/containers/${container.id}/wait`),
        pull: () => vanishAsking(socket(), "/images/create?fromImage=127.0.0.1:1/none&tag=1"),
      };
      const all = async (times: number): Promise<void> => {
        for (let time = 0; time < times; time += 1) for (const vanish of Object.values(kinds)) await vanish();
      };
      await all(3); // what is made once is made now
      await container.exec({ Cmd: ["true"] });
      const before = await settled(memory);
      await all(15);
      await returns(memory, before);
      expect((await memory()).heapUsed - before.heapUsed).toBeLessThan(1.5 * 1024 * 1024);
      await container.remove({ force: true });
    });

    it("that do not read, and containers that flood, take no memory and hold up no one else", async () => {
      const measuredNow = await subject();
      const { docker } = measuredNow;
      const memory: Memory = () => measuredNow.memory();
      const quiet = await docker.createContainer({ Image: "slipway/host", Cmd: ["sleep", "1000"] });
      await quiet.start();
      const before = await memory();
      const flood = await docker.createContainer({
        Image: "slipway/host",
        Cmd: ["sh", "-c", "yes flood"],
        HostConfig: { LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "2" } } },
      });
      const unread = await docker.createContainer({ Image: "slipway/host", Cmd: ["sh", "-c", "yes unread"] });
      // Attached, and never read from.
      const silent = connect(socket());
      silent.write(`POST /containers/${unread.id}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\n\r\n`);
      silent.pause();
      await Promise.all([flood.start(), unread.start()]);
      const exec = await quiet.exec({ Cmd: ["sh", "-c", "head -c 100000000 /dev/zero"], AttachStdout: true });
      const slow = await exec.start({});
      slow.pause();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect((await memory()).rss - before.rss).toBeLessThan(25 * 1024 * 1024);
      const begin = performance.now();
      const answer = await quiet.exec({ Cmd: ["echo", "still"], AttachStdout: true });
      await once((await answer.start({})).resume(), "end");
      expect(performance.now() - begin).toBeLessThan(20_000);
      const shims = await engine().command("sh", ["-c", `grep -l slipway-shim /proc/[0-9]*/comm`]);
      for (const path of shims.stdout.split("\n").filter(Boolean)) {
        const { stdout } = await engine().command("sh", [
          "-c",
          `grep VmRSS ${path.replace("comm", "status")}`,
        ]);
        expect(Number(/\d+/.exec(stdout)?.[0] ?? 0)).toBeLessThan(6 * 1024);
      }
      hangUp(silent);
      hangUp(slow as unknown as Readable);
      await Promise.all([quiet, flood, unread].map((each) => each.remove({ force: true })));
    });

    it("of another user reach neither the socket nor the state", async (context) => {
      const { docker } = await subject();
      const other =
        engine().user?.name === "slipway-plain" ? findUser("slipway-test") : findUser("slipway-plain");
      if (other === undefined) return context.skip("there is no other user on this machine");
      const container = await docker.createContainer({ Image: "slipway/host", Cmd: ["true"] });
      const root = engine().root ?? "";
      const open = ["-c", 'cat "$1" > /dev/null', "sh"];
      for (const name of ["container.json", "log", "state"]) {
        const { code } = await runAs(other, "sh", [...open, `${root}/containers/${container.id}/${name}`]);
        expect([name, code]).toEqual([name, 1]);
      }
      expect((await runAs(other, "sh", [...open, `${root}/engine.log`])).code).toBe(1);
      expect((await runAs(other, "ls", [`${root}/containers`])).code).not.toBe(0);
      const asked = await runAs(other, "curl", ["-sS", "--unix-socket", socket(), "http://engine/_ping"]);
      expect(asked.code).toBe(7); // cannot connect
      await container.remove();
    });

    it("that have files open when they start the engine do not pass them on to containers", async () => {
      const { docker } = await subject();
      await engine().slipway(["engine", "stop"]);
      measured = undefined;
      const cli = [process.execPath, `${engine().package}/bin/slipway`, "engine", "start"];
      const started = await engine().command("sh", ["-c", 'exec 9</etc/passwd; exec "$@"', "sh", ...cli]);
      expect(started.code).toBe(0);
      const list = ["ls", "/proc/self/fd"]; // the fourth is the folder that is being listed
      const run = await engine().docker(["run", "--name", "fds", "-d", "slipway/host", "sleep", "1000"]);
      expect(run.code).toBe(0);
      expect((await engine().docker(["run", "--rm", "slipway/host", ...list])).stdout).toBe("0\n1\n2\n3\n");
      expect((await engine().docker(["exec", "fds", ...list])).stdout).toBe("0\n1\n2\n3\n");
      expect((await engine().docker(["exec", "fds", "ls", "/proc/1/fd"])).stdout).toBe("0\n1\n2\n");
      const holders = await engine().command("sh", [
        "-c",
        'for p in $(pgrep -u $(id -u) "^slipway-(shim|side|anchor|egress)"); do ls -l /proc/$p/fd; done 2>/dev/null | grep -c /etc/passwd',
      ]);
      expect(holders.stdout.trim()).toBe("0");
      await docker.getContainer("fds").remove({ force: true });
    });

    it("cannot write to the program that runs their containers", async () => {
      const { binary } = await engine().status();
      const sum = async (): Promise<string> => (await engine().command("sha256sum", [binary])).stdout;
      const before = await sum();
      // Every process it can see, again and again, while further ones come into it through the same program.
      const attack =
        'while :; do for exe in /proc/[0-9]*/exe /proc/self/exe; do (echo x >> $exe) 2>/dev/null && [ "$(readlink $exe)" = "" ] && echo written; done; done';
      const begun = await engine().docker([
        "run",
        "-d",
        "--name",
        "attack",
        "--privileged",
        "slipway/host",
        "sh",
        "-c",
        attack,
      ]);
      expect(begun.code).toBe(0);
      for (let count = 0; count < 10; count += 1)
        expect((await engine().docker(["exec", "attack", "true"])).code).toBe(0);
      expect((await engine().docker(["logs", "attack"])).stdout).not.toContain("written");
      expect(await sum()).toBe(before);
      await engine().docker(["rm", "-f", "attack"]);
    });
  },
  { only: "bundled" },
);

type Memory = () => ReturnType<MeasuredEngine["memory"]>;

/** The same number of descriptors twice: what was just ending has ended. */
async function settled(memory: Memory): ReturnType<Memory> {
  let last = await memory();
  return eventually("the descriptors stay", async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = await memory();
    const isSame = now.descriptors === last.descriptors;
    last = now;
    return isSame ? now : undefined;
  });
}

async function returns(memory: Memory, before: { readonly descriptors: number }): Promise<void> {
  await eventually("every descriptor is closed", async () =>
    (await memory()).descriptors <= before.descriptors ? true : undefined,
  );
}
