// A real registry (Debian's docker-registry) on loopback with storage of its own, and a proxy before one that breaks connections off.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { eventually, run, succeed } from "./processes.ts";

export interface Registry {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Where it keeps what it has. */
  readonly data: string;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

export type RegistryAuth =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "token"; readonly realm: string; readonly certificates: string };

const installed = (await run("sh", ["-c", "command -v docker-registry && command -v htpasswd"])).code === 0;

/** Why no registry can be started here; undefined when one can. */
export function registryUnavailable(): string | undefined {
  return installed
    ? undefined
    : "docker-registry or htpasswd is not installed (Debian: docker-registry, apache2-utils)";
}

/** Starts a registry and waits until it answers. With `networkOf` it is in the network namespace of that process, and its port is free there. */
export async function startRegistry(
  auth?: RegistryAuth,
  { networkOf }: { readonly networkOf?: number | undefined } = {},
): Promise<Registry> {
  const inside = networkOf === undefined ? [] : ["nsenter", "-t", String(networkOf), "-n"];
  const folder = await mkdtemp(join(tmpdir(), "registry-"));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = {
    version: 0.1,
    log: { level: "info" },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: host },
    ...(auth === undefined ? {} : { auth: await authConfig(folder, auth) }),
  };
  // JSON is YAML.
  await writeFile(join(folder, "config.yml"), JSON.stringify(config));
  const [program = "", ...args] = [...inside, "docker-registry", "serve", join(folder, "config.yml")];
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], OTEL_TRACES_EXPORTER: "none" },
  });
  let log = "";
  child.stdout.on("data", (bytes: Buffer) => (log += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (log += bytes.toString()));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually("the registry answers", async () => {
      if (child.exitCode !== null) throw new Error(`the registry ended:\n${log}`);
      const [curl = "", ...words] = [...inside, "curl", "-s", "-o", "/dev/null", `http://${host}/v2/`];
      return (await run(curl, words)).code === 0 ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, data: join(folder, "data"), log: () => log, stop };
}

async function authConfig(folder: string, auth: RegistryAuth): Promise<object> {
  if (auth.kind === "token") {
    return {
      token: { realm: auth.realm, service: "registry", issuer: "issuer", rootcertbundle: auth.certificates },
    };
  }
  const line = await succeed("htpasswd", ["-Bbn", "-C", "4", auth.username, auth.password]);
  await writeFile(join(folder, "htpasswd"), line);
  return { htpasswd: { realm: "tests", path: join(folder, "htpasswd") } };
}

/** A proxy that breaks off a connection after so many bytes of an answer, so many times. */
export interface CuttingProxy {
  readonly host: string;
  /** How many connections it has broken off. */
  readonly cuts: () => number;
  stop(): Promise<void>;
}

/** Passes connections on to `target`; the first `count` that carry more than `bytes` end there. */
export async function startCuttingProxy(
  target: string,
  { bytes, count }: { readonly bytes: number; readonly count: number },
): Promise<CuttingProxy> {
  let cuts = 0;
  const open = new Set<Socket>();
  const [name = "", port = ""] = target.split(":");
  const server = createServer((client) => {
    const upstream = connect(Number(port), name);
    let passed = 0;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (piece: Buffer) => {
      passed += piece.length;
      if (passed > bytes && cuts < count) {
        cuts += 1;
        client.destroy();
        return;
      }
      if (!client.write(piece)) {
        upstream.pause();
        client.once("drain", () => upstream.resume());
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const own = typeof address === "object" && address !== null ? address.port : 0;
  return {
    host: `127.0.0.1:${own}`,
    cuts: () => cuts,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Puts blobs and a manifest into a registry without authentication; gives the manifest's digest. */
export async function uploadImage(
  host: string,
  name: string,
  image: {
    readonly blobs: readonly Buffer[];
    readonly manifest: object;
    readonly reference: string;
    readonly type?: string;
  },
): Promise<string> {
  for (const blob of image.blobs) {
    const begun = await fetch(`http://${host}/v2/${name}/blobs/uploads/`, { method: "POST" });
    const location = new URL(begun.headers.get("location") ?? "", `http://${host}`);
    location.searchParams.set("digest", digest(blob));
    await expectStatus(await fetch(location, { method: "PUT", body: new Uint8Array(blob) }), 201);
  }
  const body = JSON.stringify(image.manifest);
  const type = image.type ?? "application/vnd.docker.distribution.manifest.v2+json";
  const url = `http://${host}/v2/${name}/manifests/${image.reference === "" ? digest(Buffer.from(body)) : image.reference}`;
  await expectStatus(await fetch(url, { method: "PUT", body, headers: { "Content-Type": type } }), 201);
  return digest(Buffer.from(body));
}

async function expectStatus(answer: Response, status: number): Promise<void> {
  if (answer.status !== status)
    throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
}

function digest(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
