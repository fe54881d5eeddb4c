// Live connections of clients to a container's standard streams, each with a connection to the shim of its own: a client that reads slowly
// slows the container down as a pipe would, and nothing piles up here.
import type { Socket } from "node:net";
import type { Attachment, OutputChunk } from "../backend.ts";
import { encodeFrame } from "../native/frame.ts";
import { connectIn } from "../native/unix-connection.ts";
import type { LogPlace } from "./log-file.ts";
import { FILES } from "./record.ts";
import { encodeAttach, FrameDecoder, parseLogPlace } from "./shim-frames.ts";
import type { Frame } from "./shim-frames.ts";

export interface AttachmentOptions {
  readonly tty: boolean;
  readonly stdin: boolean;
  /** The end of this client's input is the end of the process's; else it only ends the attachment. */
  readonly closesStdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Output of earlier runs, of a container that has no process yet. */
  readonly earlier?: AsyncIterable<OutputChunk>;
  /** Gives earlier output of a run, to come first: up to the place in the log, or all. */
  readonly replay?: (end: LogPlace | undefined) => AsyncIterable<OutputChunk>;
  /** Settles when the engine has dealt with the end of the process: whoever then asks is told the same as its stream said. */
  readonly concluded: () => Promise<void>;
  /** Called once, when the attachment has ended in whatever way; `byClient` when it was let go of. */
  readonly onEnd: (byClient: boolean) => void;
}

/** Gives their process to the attachments that were made before there was one. */
export async function connectWaiting(container: {
  readonly folder: string;
  readonly waiting: Set<WaitingAttachment>;
}): Promise<void> {
  const waiting = [...container.waiting];
  container.waiting.clear();
  await Promise.all(waiting.map((attachment) => attachment.connect(container.folder)));
}

/** An attachment that may be made before there is a process; `connect` gives it one, `abandon` tells it that none will come. */
export interface WaitingAttachment {
  connect(folder: string): Promise<void>;
  abandon(): void;
}

export class ContainerAttachment implements Attachment, WaitingAttachment {
  readonly tty: boolean;
  readonly output: AsyncIterable<OutputChunk>;
  readonly #options: AttachmentOptions;
  readonly #connected: Promise<Socket | undefined>;
  readonly #decoder = new FrameDecoder();
  #settle!: (socket: Socket | undefined) => void;
  #socket: Socket | undefined;
  #done = false;
  /** Input in the order it came, also when it came before the process. */
  #input: Promise<void>;

  constructor(options: AttachmentOptions) {
    this.tty = options.tty;
    this.#options = options;
    this.#connected = new Promise((resolve) => (this.#settle = resolve));
    this.#input = this.#connected.then(() => undefined);
    this.output = this.#read();
  }

  /** Resolves when the shim has taken the connection: what the process writes after that is seen. */
  async connect(folder: string): Promise<void> {
    if (this.#done) return;
    const socket = await connectIn(folder, FILES.control);
    if (socket === undefined || this.#done) {
      socket?.destroy();
      this.abandon();
      return;
    }
    this.#socket = socket;
    const { stdout, stderr } = this.#options;
    const place = this.#options.replay !== undefined;
    if (stdout || stderr) socket.write(encodeAttach({ stdout, stderr, place }));
    await accepted(socket);
    this.#settle(socket);
  }

  abandon(): void {
    this.#settle(undefined);
  }

  write(bytes: Buffer): Promise<void> {
    return this.#send(encodeFrame("I", bytes));
  }

  closeInput(): void {
    if (this.#options.closesStdin) void this.#send(encodeFrame("C"));
    else if (this.#options.stdin) void this.#input.then(() => this.#socket?.end());
  }

  detach(): void {
    this.#end(true);
  }

  #send(frame: Buffer): Promise<void> {
    if (!this.#options.stdin) return Promise.resolve();
    this.#input = this.#input.then(
      () =>
        new Promise((resolve) => {
          const socket = this.#socket;
          if (socket === undefined || socket.destroyed || this.#done) return resolve();
          socket.write(frame, () => resolve()); // an error means that the process is gone: there is nobody to tell
        }),
    );
    return this.#input;
  }

  async *#read(): AsyncGenerator<OutputChunk> {
    let replay = this.#options.replay;
    try {
      if (this.#options.earlier !== undefined) yield* this.#options.earlier;
      const socket = await this.#connected;
      if (socket !== undefined && !this.#done) {
        for await (const frame of this.#frames(socket)) {
          if (frame.type === "O") yield { stream: "stdout", bytes: frame.payload };
          else if (frame.type === "E") yield { stream: "stderr", bytes: frame.payload };
          else if (frame.type === "L" && replay !== undefined) {
            yield* replay(parseLogPlace(frame.payload.toString("latin1")));
            replay = undefined;
          } else if (frame.type === "X") {
            await this.#options.concluded();
            break;
          }
        }
      }
      // There is no process, or it has ended before it could say where the log and its words part.
      if (replay !== undefined && !this.#done) yield* replay(undefined);
    } finally {
      this.#end(false);
    }
  }

  async *#frames(socket: Socket): AsyncGenerator<Frame> {
    for await (const bytes of readUntilClosed(socket)) yield* this.#decoder.push(bytes);
  }

  #end(byClient: boolean): void {
    if (this.#done) return;
    this.#done = true;
    this.#socket?.destroy();
    this.#settle(undefined);
    this.#options.onEnd(byClient);
  }
}

/** Resolves when the shim's first frame is there to be read, or the connection is over. Reads nothing. */
function accepted(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ["readable", "end", "close"]) socket.removeListener(event, done);
      resolve();
    };
    for (const event of ["readable", "end", "close"]) socket.on(event, done);
  });
}

/** The bytes of a connection; one that is broken off has simply ended. */
async function* readUntilClosed(socket: Socket): AsyncGenerator<Buffer> {
  try {
    for await (const bytes of socket) yield bytes as Buffer;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const over = ["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE", "ABORT_ERR"];
    if (code === undefined || !over.includes(code)) throw error;
  }
}
