import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { statSync } from "node:fs";
import { once } from "node:events";
import type { RequestHandler } from "../../../../src/engine/api/http/connection.ts";
import { createGate, RawClient, startServer } from "./raw-client.ts";
import type { TestServer } from "./raw-client.ts";

const running: TestServer[] = [];

async function serve(handle: RequestHandler): Promise<{ client: RawClient; running: TestServer }> {
  const server = await startServer(handle);
  running.push(server);
  return { client: new RawClient(server.path), running: server };
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

/** Answers with what it saw: method, path, query and body. */
const echo: RequestHandler = async (request, response) => {
  const body = await request.body.whole(1024 * 1024);
  response.json(200, {
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    body: body.toString(),
  });
};

function bodies(text: string): unknown[] {
  return text
    .split("\r\n\r\n")
    .slice(1)
    .map((part) => JSON.parse(part.split(/HTTP\/1\.1 \d/)[0] ?? "") as unknown);
}

describe("requests on one connection", () => {
  test("the socket is for its owner alone", async () => {
    const { running } = await serve(echo);
    expect(statSync(running.path).mode & 0o777).toBe(0o600);
  });

  test("keep-alive: one after the other", async () => {
    const { client } = await serve(echo);
    client.send("GET /a?x=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until('"path":"/a"');
    client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    const text = await client.until('"path":"/b"');
    expect(text).not.toContain("Connection: close");
    expect(bodies(text)).toEqual([
      { method: "GET", path: "/a", query: "x=1", body: "" },
      { method: "GET", path: "/b", query: "", body: "" },
    ]);
  });

  test("pipelined requests are answered in order, the slow one first", async () => {
    const gate = createGate();
    const { client } = await serve(async (request, response) => {
      if (request.path === "/slow") await gate.opened;
      response.json(200, { path: request.path });
    });
    client.send(
      "GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /fast HTTP/1.1\r\nHost: x\r\n\r\nGET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    gate.open();
    const text = await client.untilEnd();
    expect(bodies(text)).toEqual([{ path: "/slow" }, { path: "/fast" }, { path: "/last" }]);
  });

  test("a client that half-closes at once still gets every answer", async () => {
    const { client } = await serve(echo);
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    client.halfClose();
    expect(bodies(await client.untilEnd())).toHaveLength(2);
  });

  test("a head that comes byte by byte", async () => {
    const { client } = await serve(echo);
    for (const byte of "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi") {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bodies(await client.until('"body":"hi"'))).toEqual([
      { method: "POST", path: "/slow", query: "", body: "hi" },
    ]);
  });

  test("HTTP/1.0 is answered and closed", async () => {
    const { client } = await serve(echo);
    client.send("GET /old HTTP/1.0\r\n\r\n");
    expect(await client.untilEnd()).toContain("Connection: close");
  });

  test("an unread body is passed over", async () => {
    const { client } = await serve(async (request, response) => response.json(200, { path: request.path }));
    client.send(
      `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n${"z".repeat(5000)}GET /b HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    expect(bodies(await client.until('"/b"'))).toEqual([{ path: "/a" }, { path: "/b" }]);
  });

  test("an unread body that is too large ends the connection, with the answer before it", async () => {
    const { client } = await serve(async (_request, response) => response.json(404, { message: "no" }));
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n");
    client.send(Buffer.alloc(600 * 1024));
    expect(await client.until('{"message":"no"}')).toContain("404 Not Found");
    client.socket.destroy();
  });

  test("HEAD has no body", async () => {
    const { client } = await serve(async (_request, response) => response.json(200, { a: 1 }));
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const text = await client.untilEnd();
    expect(text).toContain("Content-Length: 8\r\n");
    expect(text.endsWith("\r\n\r\n")).toBe(true);
  });
});

describe("bodies", () => {
  test("chunked, with extensions and trailers, cut anywhere", async () => {
    const { client } = await serve(echo);
    const request =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n" +
      "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";
    for (let at = 0; at < request.length; at += 7) {
      client.send(request.slice(at, at + 7));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const text = await client.until('"/next"');
    expect(bodies(text)[0]).toMatchObject({ body: "hello world" });
  });

  test("Expect: 100-continue is answered when the body is wanted", async () => {
    const { client } = await serve(echo);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    expect(await client.until("100 Continue\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ok");
    await client.until('"body":"ok"');
  });

  test("Expect: 100-continue is not answered when the body is not wanted, and the connection ends", async () => {
    const { client } = await serve(async (_request, response) => response.json(404, { message: "no" }));
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    const text = await client.untilEnd();
    expect(text).toMatch(/^HTTP\/1\.1 404/);
    expect(text).toContain("Connection: close");
  });

  test("a reader that does not read slows the client down", async () => {
    const gate = createGate();
    let total = 0;
    const { client } = await serve(async (request, response) => {
      await gate.opened;
      for await (const bytes of request.body.stream()) total += (bytes as Buffer).length;
      response.json(200, { total });
    });
    const size = 8 * 1024 * 1024;
    client.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`);
    let drained = false;
    client.socket.write(Buffer.alloc(size), () => (drained = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(drained).toBe(false);
    gate.open();
    await client.until(`{"total":${size}}`);
  });

  test("replies stream piece by piece as chunks", async () => {
    const gate = createGate();
    const { client } = await serve(async (_request, response) => {
      response.begin(200, { "Content-Type": "text/plain" });
      await response.write("one");
      await gate.opened;
      await response.write("three");
      response.end();
    });
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await client.until("one\r\n")).toContain("Transfer-Encoding: chunked");
    gate.open();
    expect((await client.untilEnd()).split("\r\n\r\n").slice(1).join("\r\n\r\n")).toBe(
      "3\r\none\r\n5\r\nthree\r\n0\r\n\r\n",
    );
  });

  test("a writer waits while the client does not read", async () => {
    let written = 0;
    const { client } = await serve(async (_request, response) => {
      response.begin(200);
      for (; written < 64; written++) await response.write(Buffer.alloc(256 * 1024));
      response.end();
    });
    client.socket.pause();
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(written).toBeLessThan(8);
    client.socket.resume();
    await client.untilEnd();
    expect(written).toBe(64);
    expect(client.bytes.length).toBeGreaterThan(64 * 256 * 1024);
  });
});

describe("what cannot be a request", () => {
  const get = "GET / HTTP/1.1\r\nHost: x\r\n";
  const cases: readonly (readonly [name: string, bytes: string, status: number])[] = [
    ["no request line", "hello\r\n\r\n", 400],
    ["HTTP/2", "GET / HTTP/2.0\r\n\r\n", 505],
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n", 400],
    ["an authority instead of a path", "CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["two Hosts", `${get}Host: y\r\n\r\n`, 400],
    ["a field without colon", `${get}bad\r\n\r\n`, 400],
    ["a space before the colon", `${get}X : y\r\n\r\n`, 400],
    ["a folded field", `${get}X: y\r\n z\r\n\r\n`, 400],
    ["a NUL in a value", `${get}X: a\0b\r\n\r\n`, 400],
    ["a bare CR in a value", `${get}X: a\rb\r\n\r\n`, 400],
    ["a negative length", `${get}Content-Length: -1\r\n\r\n`, 400],
    ["a length with a sign", `${get}Content-Length: +1\r\n\r\n`, 400],
    ["a length beyond all numbers", `${get}Content-Length: 99999999999999999999\r\n\r\n`, 400],
    ["two lengths", `${get}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
    ["both framings", `${get}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
    ["another coding", `${get}Transfer-Encoding: gzip, chunked\r\n\r\n`, 501],
    ["another expectation", `${get}Expect: the-worst\r\n\r\n`, 417],
    ["a bad chunk size", `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    [
      "a chunk longer than it says",
      `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n`,
      400,
    ],
    ["too large a head", `${get}X: ${"a".repeat(40_000)}\r\n\r\n`, 431],
    ["a head without end", `GET /${"a".repeat(40_000)}`, 431],
  ];

  test.each(cases)("%s", async (_name, bytes, status) => {
    const { client, running } = await serve(async (request, response) => {
      try {
        await echo(request, response);
      } catch (error) {
        const { status, message } = error as { status: number; message: string };
        response.json(status, { message });
      }
    });
    client.send(Buffer.from(bytes, "latin1"));
    const text = await client.untilEnd();
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toContain("Connection: close");
    expect(bodies(text)).toEqual([{ message: expect.any(String) }]);
    expect(running.bugs).toEqual([]);
  });

  test("random bytes never hurt the server", async () => {
    const { running } = await serve(echo);
    let seed = 42;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const pieces = [
      "GET / HTTP/1.1\r\n",
      "Host: x\r\n",
      "\r\n",
      "\n",
      "Transfer-Encoding: chunked\r\n",
      "Content-Length: 3\r\n",
      "5\r\n",
      "0\r\n\r\n",
      "POST /a%zz?b HTTP/1.1\r\n",
      ":",
    ];
    for (let round = 0; round < 150; round++) {
      const client = new RawClient(running.path);
      for (let part = random(12); part >= 0; part--) {
        if (random(3) > 0) client.send(pieces[random(pieces.length)] ?? "");
        else client.send(Buffer.from(Array.from({ length: 1 + random(40) }, () => random(256))));
      }
      client.halfClose();
      // Whatever it was, the server ends the connection and lives; a reset is an end as well.
      await client.untilEnd().catch(() => undefined);
    }
    expect(running.bugs.filter((bug) => (bug as Error).name !== "HttpError")).toEqual([]);
    const client = new RawClient(running.path);
    client.send("GET /alive HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until('"/alive"');
    client.socket.destroy();
  });
});

describe("clients that leave", () => {
  test("a request's signal is aborted when its client goes away", async () => {
    const sawAbort = createGate();
    const { client, running } = await serve(async (request, response) => {
      response.begin(200);
      await once(request.signal, "abort");
      sawAbort.open();
      await response.write("too late");
      response.end();
    });
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until("200 OK");
    client.socket.destroy();
    await sawAbort.opened;
    expect(running.bugs).toEqual([]);
  });

  test("a body that breaks off is an error for its reader", async () => {
    let failure: unknown;
    const failed = createGate();
    const { client, running } = await serve(async (request) => {
      try {
        await request.body.whole(1000);
      } catch (error) {
        failure = error;
        failed.open();
        throw error;
      }
    });
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\npart");
    client.socket.end();
    await failed.opened;
    expect((failure as Error).name).toBe("DisconnectedError");
    expect(running.bugs).toEqual([]);
  });

  test("connections are counted", async () => {
    const { client, running } = await serve(echo);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until('"/"');
    expect(running.server.connections).toBe(1);
    client.socket.destroy();
    await expect.poll(() => running.server.connections).toBe(0);
  });

  test("a handler that throws cuts the connection and is reported", async () => {
    const { client, running } = await serve(async () => {
      throw new TypeError("a bug");
    });
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.untilEnd();
    expect(running.bugs).toEqual([expect.any(TypeError)]);
  });
});

describe("clients that are slow", () => {
  const patience = 60_000;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ["in a head", "GET / HTTP/1.1\r\nHost: ", "head"],
    ["before the first head", "", "head"],
    ["in the head of a later request", "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET ", "head"],
    ["in a body that is wanted whole", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{", "body"],
    ["in a chunked one", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "body"],
  ])("and stop for ever %s lose their connection", async (_where, bytes, what) => {
    const { client, running } = await serve(async (request, response) => {
      const body = await request.body.whole(100).catch((error: unknown) => error as Error);
      response.json(200, { body: String(body) });
    });
    client.send(bytes);
    await vi.waitFor(() => expect(running.server.connections).toBe(1));
    if (bytes.includes("\r\n\r\nGET")) await client.until("200 OK");
    await vi.advanceTimersByTimeAsync(patience - 1);
    expect(client.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await client.untilEnd()).toContain(`the request's ${what} did not come within 60 seconds`);
  });

  test("a body that nobody wanted is waited for no longer", async () => {
    const { client } = await serve(async (_request, response) => response.json(404, { message: "no" }));
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{");
    await client.until('{"message":"no"}');
    await vi.advanceTimersByTimeAsync(patience);
    expect(bodies(await client.untilEnd())).toEqual([{ message: "no" }]);
  });

  test("an upload that is read as it comes, a kept connection and a reply are not cut", async () => {
    const [begun, waiting, gate] = [createGate(), createGate(), createGate()];
    const { client } = await serve(async (request, response) => {
      if (request.path === "/wait") waiting.open();
      if (request.path === "/wait") await gate.opened;
      let total = 0;
      for await (const bytes of request.body.stream()) {
        total += (bytes as Buffer).length;
        begun.open();
      }
      response.json(200, { total });
    });
    client.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1");
    await begun.opened;
    await vi.advanceTimersByTimeAsync(10 * patience);
    client.send("2");
    await client.until('{"total":2}');
    await vi.advanceTimersByTimeAsync(10 * patience);
    client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    await waiting.opened;
    await vi.advanceTimersByTimeAsync(10 * patience);
    gate.open();
    expect(bodies(await client.until('{"total":0}'))).toEqual([{ total: 2 }, { total: 0 }]);
  });

  test("hold up nobody else, and are gone in the end, all five hundred of them", async () => {
    const { client, running } = await serve(echo);
    const slow = Array.from({ length: 500 }, () => new RawClient(running.path));
    for (const one of slow) one.send("GET / HTTP/1.1\r\nHost: ");
    await vi.waitFor(() => expect(running.server.connections).toBe(501));
    client.send("GET /mine HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until('"/mine"');
    await vi.advanceTimersByTimeAsync(patience);
    await Promise.all(slow.map((one) => one.untilEnd()));
    for (const one of slow) one.halfClose();
    await vi.waitFor(() => expect(running.server.connections).toBe(1));
  });
});

test("a handler can take the connection over, with what the client sent early", async () => {
  const { client } = await serve(async (request, response) => {
    await request.body.whole(100);
    const socket = response.hijack("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    for (let bytes = await request.input.read(); bytes !== undefined; bytes = await request.input.read()) {
      socket.write(bytes.toString().toUpperCase());
    }
    socket.write("done");
  });
  client.send(
    "POST / HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\n{}early",
  );
  await client.until("EARLY");
  client.send(" late");
  await client.until("LATE");
  client.halfClose();
  expect(await client.untilEnd()).toBe(
    "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nEARLY LATEdone",
  );
});
