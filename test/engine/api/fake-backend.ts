// A backend that notes what it is asked and answers what a test put there.
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiServer } from "../../../src/engine/api/server.ts";
import type { Attachment, Backend, OutputChunk } from "../../../src/engine/backend.ts";

/** One call: "containers.start" and its arguments, abort signals left out. */
export type Call = readonly [name: string, ...args: unknown[]];

/** Answers by call name; a function is called with the arguments. */
export type Answers = Record<string, unknown>;

export interface FakeEngine {
  readonly socket: string;
  readonly calls: Call[];
  readonly logged: string[];
  close(): Promise<void>;
}

function noted(value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

function fakeNoun(noun: string, answers: Answers, calls: Call[]): object {
  return new Proxy(
    {},
    {
      get: (_target, method) => {
        const name = `${noun}.${String(method)}`;
        return (...args: unknown[]) => {
          calls.push([name, ...args.filter((arg) => !(arg instanceof AbortSignal)).map(noted)]);
          if (!Object.hasOwn(answers, name)) throw new Error(`the test has no answer for ${name}`);
          const answer = answers[name];
          return typeof answer === "function" ? (answer as (...all: unknown[]) => unknown)(...args) : answer;
        };
      },
    },
  );
}

/** Serves the API on a backend that answers `answers`; no client may have to be waited for unless `untilRead` is given. */
export async function startFakeEngine(
  answers: Answers,
  untilRead = (_socket: Socket): Promise<void> => Promise.reject(new Error("the test waits for no reader")),
): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-api-"));
  const calls: Call[] = [];
  const logged: string[] = [];
  const nouns = ["system", "events", "containers", "execs", "images", "networks", "volumes"];
  const backend = Object.fromEntries(nouns.map((noun) => [noun, fakeNoun(noun, answers, calls)]));
  const server = createApiServer({
    backend: backend as unknown as Backend,
    untilRead,
    version: "9.9.9",
    log: (message) => logged.push(message),
  });
  const socket = join(folder, "engine.sock");
  await server.listen(socket);
  return {
    socket,
    calls,
    logged,
    async close() {
      await server.close(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process that repeats its input, until that ends. */
export class EchoAttachment implements Attachment {
  readonly tty: boolean;
  readonly received: string[] = [];
  detached = false;
  #chunks: OutputChunk[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(tty: boolean, first: readonly OutputChunk[] = []) {
    this.tty = tty;
    this.#chunks.push(...first);
  }

  readonly output: AsyncIterable<OutputChunk> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        for (;;) {
          const value = this.#chunks.shift();
          if (value !== undefined) return { done: false as const, value };
          if (this.#ended) return { done: true as const, value: undefined };
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      },
    }),
  };

  async write(bytes: Buffer): Promise<void> {
    this.received.push(bytes.toString());
    this.#chunks.push({ stream: "stdout", bytes });
    this.#wake?.();
  }

  closeInput(): void {
    this.#chunks.push({ stream: "stderr", bytes: Buffer.from("bye") });
    this.#ended = true;
    this.#wake?.();
  }

  detach(): void {
    this.detached = true;
    this.#ended = true;
    this.#wake?.();
  }
}
