// The proxies of the environment: which address goes through which, and pulls through a small one on loopback.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { proxyFor } from "../../../src/engine/images/registry/proxy.ts";
import { pullStage, pullUnavailable } from "./pull-stage.ts";
import { answersFor, type Answer } from "./scripted-registry.ts";

if (pullUnavailable !== undefined) console.warn(`pulls through proxies: skipped, ${pullUnavailable}`);

describe("an address", () => {
  const env = { HTTP_PROXY: "http://plain:1", https_proxy: "secure:2" };
  const through = (url: string, noProxy = ""): string | undefined =>
    proxyFor(new URL(url), { ...env, NO_PROXY: noProxy })?.host;

  test("goes through the proxy for its kind", () => {
    expect(through("http://r.example/")).toBe("plain:1");
    expect(through("https://r.example/")).toBe("secure:2");
    expect(proxyFor(new URL("http://r.example/"), {})).toBeUndefined();
    expect(proxyFor(new URL("https://r.example/"), { HTTP_PROXY: "http://plain:1" })).toBeUndefined();
    expect(proxyFor(new URL("http://r.example/"), { HTTP_PROXY: "", http_proxy: "p:3" })?.href).toBe(
      "http://p:3/",
    );
  });

  test.each(["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])(
    "of this machine (%s) goes through none",
    (host) => {
      expect(through(`http://${host}:5000/`)).toBeUndefined();
    },
  );

  test.each([
    ["*", "http://r.example/", true],
    ["r.example", "http://r.example/", true],
    ["R.Example", "http://r.example/", true],
    ["example", "http://r.example/", true],
    ["a.example, example", "http://r.example/", true],
    [".example", "http://r.example/", true],
    ["*.example", "http://r.example/", true],
    [".r.example", "http://r.example/", false],
    ["xample", "http://r.example/", false],
    ["r.example:5000", "http://r.example:5000/", true],
    ["r.example:5001", "http://r.example:5000/", false],
    ["r.example:443", "https://r.example/", true],
    ["10.0.0.0/8", "http://10.1.2.3/", true],
    ["10.0.0.0/8", "http://11.1.2.3/", false],
    ["10.0.0.0/8", "http://r.example/", false],
    ["10.0.0.0/99", "http://10.1.2.3/", false],
    ["10.1.2.3", "http://10.1.2.3:5000/", true],
    ["10.1.2.3:5000", "http://10.1.2.3:5000/", true],
    ["2.3", "http://10.1.2.3/", false],
    ["fd00::/8", "http://[fd00::1]/", true],
    ["fd00:0::1", "http://[fd00::1]:5000/", true],
    ["[fd00::1]:5000", "http://[fd00::1]:5000/", true],
    ["[fd00::1]:5001", "http://[fd00::1]:5000/", false],
  ])("with NO_PROXY=%s: %s goes through none: %s", (noProxy, url, isException) => {
    expect(through(url, noProxy) === undefined).toBe(isException);
  });

  test.each(["socks5://p:1", "http://", "::"])(
    "with %s for a proxy is refused, without its password",
    (proxy) => {
      const withLogin = proxy.replace("//p", "//ann:secret@p");
      expect(() => proxyFor(new URL("http://r.example/"), { HTTP_PROXY: withLogin })).toThrow(
        `HTTP_PROXY is no address of an http or https proxy: ${proxy}`,
      );
    },
  );
});

interface Proxy {
  readonly address: string;
  /** First lines of what it was asked, with the login. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** Knows the registry's port under whatever name it is asked for. */
async function startProxy(port: number, login?: string): Promise<Proxy> {
  const asked: string[] = [];
  const isRefused = (authorization: string | undefined): boolean =>
    login !== undefined && authorization !== `Basic ${Buffer.from(login).toString("base64")}`;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (isRefused(request.headers["proxy-authorization"])) return void response.writeHead(407).end();
    const { pathname, search } = new URL(request.url ?? "");
    const { "proxy-authorization": _own, ...headers } = request.headers;
    const onward = httpRequest({
      host: "127.0.0.1",
      port,
      path: pathname + search,
      method: request.method,
      headers,
    });
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on("connect", (request, client) => {
    asked.push(`CONNECT ${request.url}`);
    if (isRefused(request.headers["proxy-authorization"])) return void client.end("HTTP/1.1 407 No\r\n\r\n");
    const onward = connect(port, "127.0.0.1", () =>
      client.write("HTTP/1.1 200 Connection established\r\n\r\n"),
    );
    for (const socket of [client, onward])
      socket.on("error", () => undefined).on("close", () => (client.destroy(), onward.destroy()));
    client.pipe(onward).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const own = typeof address === "object" && address !== null ? address.port : 0;
  return {
    address: `http://${login === undefined ? "" : `${login}@`}127.0.0.1:${own}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

describe.skipIf(pullUnavailable !== undefined)("a pull through a proxy", () => {
  const stage = pullStage();
  const closing: (() => Promise<void>)[] = [];
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
  const before = new Map(names.map((name) => [name, process.env[name]]));
  afterEach(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    for (const close of closing.splice(0)) await close();
  });
  const proxyTo = async (port: number, login?: string): Promise<Proxy> => {
    const proxy = await startProxy(port, login);
    closing.push(() => proxy.stop());
    return proxy;
  };
  const trustPlain = (host: string): void =>
    writeFileSync(join(stage.root, "registry.json"), JSON.stringify({ "insecure-registries": [host] }));

  test("of a plain registry: the proxy is asked for all of it, with its login", async () => {
    const registry = await stage.serve(answersFor(stage.image));
    const proxy = await proxyTo(Number(registry.host.split(":")[1]), "ann:s3cret");
    process.env["HTTP_PROXY"] = proxy.address;
    trustPlain("registry.test:5000");
    await expect(stage.pull("registry.test:5000")).resolves.toBeDefined();
    expect(stage.images.inspect("registry.test:5000/x:1").Id).toBe(stage.image.id);
    expect(proxy.asked[0]).toBe("GET http://registry.test:5000/v2/x/manifests/1");
    expect(registry.asked[0]?.headers.host).toBe("registry.test:5000");
    expect(registry.asked.some(({ headers }) => "proxy-authorization" in headers)).toBe(false);
  });

  test("of a secure registry: the proxy carries it unread", async () => {
    const folder = join(stage.root, "certs.d", "registry.test");
    mkdirSync(folder, { recursive: true });
    const [key, cert] = [join(stage.root, "key.pem"), join(folder, "ca.crt")];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=registry.test"].concat([
        "-addext",
        "subjectAltName=DNS:registry.test",
        "-keyout",
        key,
        "-out",
        cert,
      ]),
      { stdio: "ignore" },
    );
    const answers: [string, Answer][] = Object.entries(answersFor(stage.image));
    const server = createSecureServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (request, response) => {
        const answer = answers.find(([end]) => (request.url ?? "").endsWith(end))?.[1];
        if (answer === undefined) response.writeHead(404).end();
        else answer(request, response);
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(
      () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    );
    const address = server.address();
    const proxy = await proxyTo(
      typeof address === "object" && address !== null ? address.port : 0,
      "ann:s3cret",
    );
    process.env["HTTPS_PROXY"] = proxy.address;
    await stage.pull("registry.test");
    expect(stage.images.inspect("registry.test/x:1").Id).toBe(stage.image.id);
    expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT registry.test:443"]));
    process.env["NO_PROXY"] = "registry.test";
    await expect(stage.pull("registry.test")).rejects.toThrow(
      /^cannot reach the registry registry\.test: .*(ENOTFOUND|EAI_AGAIN)/,
    );
  });

  test("that wants a login says so", async () => {
    const proxy = await proxyTo(1, "ann:s3cret");
    const open = proxy.address.replace("ann:s3cret@", "");
    process.env["HTTP_PROXY"] = process.env["HTTPS_PROXY"] = open;
    trustPlain("registry.test:5000");
    await expect(stage.pull("registry.test:5000")).rejects.toThrow("the proxy wants a login");
    await expect(stage.pull("other.test")).rejects.toThrow(
      "does not connect to other.test:443: it answered 407 No",
    );
  });

  test("that is not there says which", async () => {
    process.env["HTTPS_PROXY"] = "http://127.0.0.1:1";
    await expect(stage.pull("other.test")).rejects.toThrow(
      "the proxy 127.0.0.1:1 does not connect to other.test:443: connect ECONNREFUSED",
    );
  });
});
