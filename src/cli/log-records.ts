// A container's log as records with their time: what `logs` sorts and prints.
import type { ContainerDetails, EngineClient, LogRequest, OutputChunk } from "../client/index.ts";

/** One line of a log. */
export interface LogRecord {
  /** The container's name. */
  readonly container: string;
  /** As the engine wrote it; "" where there was none. */
  readonly time: string;
  /** Without its line break. */
  readonly text: string;
}

const STAMPED = /^(\d{4}-\d{2}-\d{2}T\S+) ?/;

/** Reads a log, line by line, with times. Ends with the log, or when `signal` aborts. */
export async function* readLogRecords(source: {
  readonly client: EngineClient;
  readonly id: string;
  readonly name: string;
  readonly tty: boolean;
  readonly request: Omit<LogRequest, "tty">;
  readonly signal: AbortSignal;
}): AsyncGenerator<LogRecord, void, void> {
  const { client, id, name, tty, request, signal } = source;
  const assembler = new RecordAssembler(name);
  const chunks = client.containerLogs(id, { ...request, timestamps: true, tty }, signal);
  for await (const chunk of chunks) yield* assembler.push(chunk);
  yield* assembler.end();
}

/** Whether a container's output is a terminal's, and so not framed. */
export function isTerminal(details: ContainerDetails): boolean {
  return details.Config.Tty === true;
}

interface Pending {
  time: string;
  text: Buffer[];
}

/**
 * Makes lines of chunks. Engines cut long lines into pieces, each with a time of its own; the line takes the first's.
 * Whatever follows a piece without a line break belongs to the same line.
 */
export class RecordAssembler {
  readonly #container: string;
  readonly #pending: Record<OutputChunk["stream"], Pending | undefined> = {
    stdout: undefined,
    stderr: undefined,
  };

  constructor(container: string) {
    this.#container = container;
  }

  *push({ stream, bytes }: OutputChunk): Generator<LogRecord, void, void> {
    let start = 0;
    while (start < bytes.length) {
      const end = bytes.indexOf(10, start);
      const piece = bytes.subarray(start, end === -1 ? bytes.length : end);
      // A frame starts with a time; so does each line of a terminal's output, which has no frames.
      const pending = this.#extend(stream, piece, start === 0);
      if (end === -1) return;
      this.#pending[stream] = undefined;
      yield this.#record(pending);
      start = end + 1;
    }
  }

  *end(): Generator<LogRecord, void, void> {
    for (const stream of ["stdout", "stderr"] as const) {
      const pending = this.#pending[stream];
      this.#pending[stream] = undefined;
      if (pending !== undefined) yield this.#record(pending);
    }
  }

  #extend(stream: OutputChunk["stream"], piece: Buffer, startsFrame: boolean): Pending {
    const known = this.#pending[stream];
    // Only the first bytes can be a time; text further on is left alone.
    const stamp = known === undefined || startsFrame ? STAMPED.exec(piece.toString("latin1", 0, 64)) : null;
    const text = stamp === null ? piece : piece.subarray(stamp[0].length);
    if (known !== undefined) {
      known.text.push(text);
      return known;
    }
    const fresh = { time: stamp?.[1] ?? "", text: [text] };
    this.#pending[stream] = fresh;
    return fresh;
  }

  #record({ time, text }: Pending): LogRecord {
    const bytes = Buffer.concat(text);
    const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
    return { container: this.#container, time, text: bytes.toString("utf8", 0, end) };
  }
}
