// JSON bodies: what must be one, and what may be left off.
import { EngineError } from "../errors.ts";
import { decode, type Shape } from "./decode.ts";
import { JSON_LIMIT } from "./http/limits.ts";
import type { Request } from "./http/request.ts";

function checkContentType(request: Request): void {
  const type = request.headers.get("content-type");
  if (type !== undefined && /^application\/json\s*(;|$)/i.test(type)) return;
  throw new EngineError(
    "invalid",
    type === undefined
      ? "missing Content-Type: a JSON body was expected"
      : `unsupported Content-Type header (${type}): must be 'application/json'`,
  );
}

async function readJson<Value extends object>(
  request: Request,
  shape: Shape,
  check: (request: Request) => void,
): Promise<Partial<Value> | undefined> {
  const body = (await request.body.whole(JSON_LIMIT)).toString("utf8").trim();
  if (body === "") return undefined;
  check(request);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new EngineError("invalid", `invalid JSON: ${(cause as Error).message}`, { cause });
  }
  return value === null ? undefined : (decode(shape, value) as Partial<Value>);
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined)
    throw new EngineError("invalid", "invalid JSON: got EOF while reading request body");
  return value;
}

/** The body as an object of that shape, or undefined when it was left off. Throws EngineError (invalid). */
export function optionalJson<Value extends object>(
  request: Request,
  shape: Shape,
): Promise<Partial<Value> | undefined> {
  return readJson(request, shape, checkContentType);
}

/** The same for a body that must be there. */
export async function requiredJson<Value extends object>(
  request: Request,
  shape: Shape,
): Promise<Partial<Value>> {
  return required(await readJson<Value>(request, shape, checkContentType));
}

/** The same for a body that may have any content type, or none. */
export async function untypedJson<Value extends object>(
  request: Request,
  shape: Shape,
): Promise<Partial<Value>> {
  return required(await readJson<Value>(request, shape, () => undefined));
}
