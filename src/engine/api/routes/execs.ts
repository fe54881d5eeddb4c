// More processes in a running container.
import type { ExecCreateBody } from "../../api-types/exec.ts";
import { EngineError } from "../../errors.ts";
import { execCreateBody, execStartBody } from "../bodies.ts";
import type { Handler, Route } from "../context.ts";
import { parseDetachKeys } from "../detach-keys.ts";
import { bodyIsInput, carrySession } from "../hijack.ts";
import { optionalJson, requiredJson } from "../json-body.ts";
import { terminalSize } from "../parameters.ts";

interface ExecStartBody {
  readonly Detach: boolean;
  readonly Tty: boolean;
  readonly ConsoleSize: readonly number[] | null;
}

const create: Handler = async ({ backend, request, response, parameters: [ref = ""] }) => {
  const body = await requiredJson<ExecCreateBody>(request, execCreateBody);
  if (!Array.isArray(body.Cmd) || body.Cmd.length === 0) {
    throw new EngineError("invalid", "No exec command specified");
  }
  if (body.DetachKeys) parseDetachKeys(body.DetachKeys);
  response.json(201, await backend.execs.create(ref, body));
};

const start: Handler = async (context) => {
  const { backend, request, response, minor, parameters } = context;
  const [id = ""] = parameters;
  const body = bodyIsInput(context) ? undefined : await optionalJson<ExecStartBody>(request, execStartBody);
  if (body?.Detach === true) {
    await backend.execs.startDetached(id);
    return response.send(200);
  }
  const { OpenStdin, DetachKeys } = backend.execs.inspect(id);
  const tty = body?.Tty === true;
  const attachment = await backend.execs.startAttached(id, { tty });
  const [rows, columns] = body?.ConsoleSize ?? [];
  if (tty && minor >= 42 && rows !== undefined && columns !== undefined && rows > 0 && columns > 0) {
    // Not waited for, as the streams are to be had at once. A process that has ended meanwhile has no terminal to resize.
    void backend.execs.resize(id, { rows, columns }).catch(() => undefined);
  }
  const detachKeys = parseDetachKeys(DetachKeys || undefined);
  await carrySession(context, attachment, { stdin: OpenStdin, detachKeys, tty });
};

const resize: Handler = async ({ backend, response, query, parameters: [id = ""] }) => {
  await backend.execs.resize(id, terminalSize(query));
  response.send(200);
};

const inspect: Handler = ({ backend, response, parameters: [id = ""] }) => {
  response.json(200, backend.execs.inspect(id));
};

/** Routes of execs. */
export const execRoutes: readonly Route[] = [
  { method: "POST", path: "/containers/{id}/exec", handle: create },
  { method: "POST", path: "/exec/{id}/start", handle: start },
  { method: "POST", path: "/exec/{id}/resize", handle: resize },
  { method: "GET", path: "/exec/{id}/json", handle: inspect },
];
