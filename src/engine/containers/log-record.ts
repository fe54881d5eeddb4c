// Records of a container's log: `TIME STREAM TAG TEXT`, one per line (docs/native.md). Pure.
import type { OutputChunk } from "../backend.ts";
import { parseTimestamp } from "../moments.ts";
import type { Moment } from "../moments.ts";

export interface LogRecord {
  /** RFC 3339 in UTC with nine decimals. */
  readonly time: string;
  readonly stream: "stdout" | "stderr";
  /** The text was not followed by a newline: the next record of the stream goes on in the same line. */
  readonly partial: boolean;
  readonly text: Buffer;
}

const SPACE = 0x20;
const NEWLINE = 0x0a;

/** A record from a line without its newline; undefined for what is none. */
export function parseRecord(line: Buffer): LogRecord | undefined {
  const first = line.indexOf(SPACE);
  const second = line.indexOf(SPACE, first + 1);
  if (first < 0 || second < 0) return undefined;
  const stream = line.toString("latin1", first + 1, second);
  const tag = line.toString("latin1", second + 1, second + 2);
  if ((stream !== "stdout" && stream !== "stderr") || (tag !== "F" && tag !== "P")) return undefined;
  return {
    time: line.toString("latin1", 0, first),
    stream,
    partial: tag === "P",
    text: line.subarray(second + 3),
  };
}

/** When it was written; one whose time cannot be read counts as the oldest. */
export function momentOf({ time }: LogRecord): Moment {
  return parseTimestamp(time) ?? 0n;
}

/** Turns records into what clients read: lines whole again, each with its time and `details` before it when asked for. */
export class RecordFormat {
  readonly #timestamps: boolean;
  readonly #details: Buffer;
  readonly #open = { stdout: false, stderr: false };

  constructor(options: { timestamps: boolean; details?: string }) {
    this.#timestamps = options.timestamps;
    this.#details = Buffer.from(options.details === undefined ? "" : `${options.details} `);
  }

  format(record: LogRecord): OutputChunk {
    const continues = this.#open[record.stream];
    this.#open[record.stream] = record.partial;
    const pieces = [
      ...(this.#timestamps && !continues ? [Buffer.from(`${record.time} `, "latin1")] : []),
      ...(continues ? [] : [this.#details]),
      record.text,
      ...(record.partial ? [] : [Buffer.from([NEWLINE])]),
    ];
    return { stream: record.stream, bytes: Buffer.concat(pieces) };
  }
}
