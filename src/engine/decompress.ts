// Compressed archives, recognised by their first bytes whatever they are called.
import { spawn } from "node:child_process";
import { Duplex, Readable } from "node:stream";
import * as zlib from "node:zlib";
import { EngineError } from "./errors.ts";
import { findProgram } from "./search-path.ts";

const longestMagic = 6;
const chunkSize = 256 * 1024;

export type Compression = "gzip" | "zstd" | "bzip2" | "xz";

interface Format {
  readonly name: Compression;
  readonly magic: Buffer;
  /** Absent: not one that Node can read. */
  readonly decoder?: (() => Duplex) | undefined;
}

// Newer Node versions than the oldest supported have zstd.
const zstd = (zlib as { createZstdDecompress?: (options: object) => Duplex }).createZstdDecompress;

const formats: readonly Format[] = [
  { name: "gzip", magic: Buffer.from([0x1f, 0x8b]), decoder: () => zlib.createGunzip({ chunkSize }) },
  {
    name: "zstd",
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    decoder: zstd && ((): Duplex => zstd({ chunkSize })),
  },
  { name: "bzip2", magic: Buffer.from("BZh") },
  { name: "xz", magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
];

/** An archive whose compression is known. */
export interface RecognisedArchive {
  /** Undefined: it is plain. */
  readonly compression: Compression | undefined;
  /** The bytes as they came. */
  readonly bytes: Readable;
}

/** Looks at an archive's first bytes. */
export async function recognise(archive: Readable): Promise<RecognisedArchive> {
  // A stream that fails while nobody reads it must not end the engine; its reader is told when it comes to it.
  archive.on("error", () => undefined);
  const start = await readStart(archive);
  const format = formats.find(({ magic }) => start.subarray(0, magic.length).equals(magic));
  return { compression: format?.name, bytes: putBack(archive, start) };
}

/** The archive's plain bytes. Throws EngineError (invalid) for a compression that cannot be read here. */
export async function decompress(archive: Readable): Promise<Readable> {
  const { compression, bytes } = await recognise(archive);
  if (compression === undefined) return bytes;
  let decoder: Duplex;
  try {
    decoder = createDecoder(compression);
  } catch (error) {
    archive.destroy();
    throw error;
  }
  bytes.once("error", (error) => decoder.destroy(error));
  decoder.on("error", () => undefined);
  decoder.once("close", () => bytes.destroy());
  return bytes.pipe(decoder);
}

/**
 * What turns compressed bytes into plain ones: Node's own, else the program of that name where it is installed. Throws EngineError (invalid)
 * where there is neither.
 */
export function createDecoder(compression: Compression, path = process.env["PATH"] ?? ""): Duplex {
  const own = formats.find(({ name }) => name === compression)?.decoder;
  if (own !== undefined) return own();
  const program = findProgram(compression, path);
  if (program !== undefined) return decodeWith(program);
  const remedy = compression === "zstd" ? "a Node with zstd (22.15 or later), " : "";
  throw new EngineError(
    "invalid",
    `the archive is compressed with ${compression}, which needs ${remedy}the program ${compression}, or to be decompressed first`,
  );
}

/** A program that reads compressed bytes and writes plain ones, as a stream; it ends with the stream. */
function decodeWith(program: string): Duplex {
  const child = spawn(program, ["-d", "-c"], { cwd: "/", stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (bytes: Buffer) => (complaint = (complaint + bytes.toString()).slice(0, 1000)));
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(complaint.trim().split("\n", 1)[0] || `${program} ended with status ${String(code)}`),
        );
    });
  });
  ended.catch(() => undefined); // the reader is told, below
  child.stdin.on("error", () => undefined); // the program's end tells why
  const decoder = Duplex.from({
    writable: child.stdin,
    readable: (async function* () {
      yield* child.stdout;
      await ended;
    })(),
  });
  decoder.once("close", () => child.kill("SIGKILL"));
  return decoder;
}

/** The first bytes; fewer when the stream has no more. */
async function readStart(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < longestMagic) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) {
      chunks.push(chunk);
      length += chunk.length;
      continue;
    }
    if (stream.readableEnded || !(await moreToRead(stream))) break;
  }
  return Buffer.concat(chunks);
}

/** The stream with its first bytes. One that has ended takes nothing back. */
function putBack(stream: Readable, start: Buffer): Readable {
  if (stream.readableEnded) return Readable.from(start.length === 0 ? [] : [start]);
  if (start.length > 0) stream.unshift(start);
  return stream;
}

/** False at the stream's end. */
function moreToRead(stream: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      stream.off("readable", onReadable).off("end", onEnd).off("error", onError).off("close", onEnd);
      act();
    };
    const onReadable = (): void => settle(() => resolve(true));
    const onEnd = (): void => settle(() => resolve(false));
    const onError = (error: Error): void => settle(() => reject(error));
    stream.on("readable", onReadable).on("end", onEnd).on("error", onError).on("close", onEnd);
  });
}
