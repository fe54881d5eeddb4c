// Attaching to a container: to the process that it has, that it is about to have, or that its next start gives it.
import { join } from "node:path";
import type { AttachOptions, Attachment, OutputChunk } from "../backend.ts";
import { EngineError } from "../errors.ts";
import { ContainerAttachment } from "./attach.ts";
import type { AttachmentOptions } from "./attach.ts";
import type { Container } from "./container.ts";
import { presentEnd } from "./log-file.ts";
import type { LogPlace } from "./log-file.ts";
import { readLog } from "./logs.ts";
import { emitContainer } from "./parts.ts";
import type { Parts } from "./parts.ts";
import { FILES } from "./record.ts";

/** Throws EngineError (conflict) for a container that is restarting or paused, and (not-found) for one that goes before it is attached to. */
export async function attachTo(
  parts: Parts,
  container: Container,
  options: AttachOptions,
): Promise<Attachment> {
  refuseAttaching(container);
  const isOfThisRun = container.isBeginning;
  if (isOfThisRun) await container.settled();
  if (container.gone) throw new EngineError("not-found", `No such container: ${container.id}`);
  const { config } = container.saved;
  const attachment = new ContainerAttachment({
    tty: config.Tty ?? false,
    stdin: options.stdin && (config.OpenStdin ?? false),
    closesStdin: config.StdinOnce ?? false,
    stdout: options.stdout,
    stderr: options.stderr,
    ...(options.logs ? earlierOutput(container, options) : {}),
    concluded: () => container.ended,
    onEnd: (byClient) => {
      container.waiting.delete(attachment);
      if (byClient && !container.gone) emitContainer(parts, container, "detach");
    },
  });
  if (options.stream && container.shim !== undefined) await attachment.connect(container.folder);
  else if (options.stream && !isOfThisRun) container.waiting.add(attachment);
  else attachment.abandon(); // of a run that has failed or ended meanwhile no more is to come
  emitContainer(parts, container, "attach");
  return attachment;
}

function refuseAttaching({ id, saved }: Container): void {
  if (saved.state.restarting) {
    throw new EngineError("conflict", `Container ${id} is restarting, wait until the container is running`);
  }
  if (saved.state.paused) {
    throw new EngineError(
      "conflict",
      `container ${saved.name} is paused, unpause the container before attach`,
    );
  }
}

/** What was said before: by the process that runs, or else up to this moment. */
function earlierOutput(
  container: Container,
  { stdout, stderr }: AttachOptions,
): Pick<AttachmentOptions, "replay" | "earlier"> {
  const read = (end: LogPlace | undefined): AsyncIterable<OutputChunk> => {
    const wanted = { stdout, stderr, follow: false, timestamps: false };
    const request = end === undefined ? wanted : { ...wanted, end };
    return readLog(container, request, new AbortController().signal);
  };
  if (container.shim !== undefined) return { replay: read };
  return { earlier: read(presentEnd(join(container.folder, FILES.log))) };
}
