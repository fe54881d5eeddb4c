// Every code that an engine call can fail with, from the words that engines use.
import { describe, expect, it } from "vitest";
import { EngineClientError } from "../../src/client/engine-client.ts";
import { translateError, translateReported } from "../../src/client/translate-error.ts";

function answered(statusCode: number, message: string): Error {
  const error = new Error(`(HTTP code ${statusCode}) server error - ${message} `);
  return Object.assign(error, { statusCode, reason: "server error", json: { message } });
}

describe("an engine's failure", () => {
  it.each([
    [500, "driver failed: Bind for 0.0.0.0:8081 failed: port is already allocated", "other", "port-in-use"],
    [500, "listen tcp4 0.0.0.0:80: bind: address already in use", "start", "port-in-use"],
    [
      500,
      "failed to bind host port for 0.0.0.0:80:172.17.0.2:80/tcp: address already in use",
      "start",
      "port-in-use",
    ],
    [403, "Address already in use: 10.8.0.9 on network n", "start", "conflict"],
    [400, 'exec: "nope": executable file not found in $PATH', "start", "command-not-found"],
    [
      400,
      'unable to start container process: exec: "/x": stat /x: no such file or directory',
      "start",
      "command-not-found",
    ],
    [400, 'exec: "/etc": permission denied', "start", "command-not-found"],
    [404, "No such image: a:latest", "other", "image-not-found"],
    [404, "pull access denied for a, repository does not exist", "image", "image-not-found"],
    [404, "manifest for a:9 not found", "image", "image-not-found"],
    [500, "Head https://r/v2: unauthorized: authentication required", "image", "unauthorized"],
    [404, "No such container: x", "other", "not-found"],
    [404, "network x not found", "other", "not-found"],
    [409, "Conflict. The container name is already in use", "other", "conflict"],
    [403, "network n id 1 has active endpoints", "other", "conflict"],
    [400, "invalid mount config", "other", "invalid"],
    [501, "logging driver does not support reading", "other", "not-supported"],
    [500, "something else", "other", "failed"],
  ] as const)("%i %s", (status, message, operation, code) => {
    const error = translateError(answered(status, message), "container c", operation);
    expect(error).toMatchObject({ code, status, message, resource: "container c" });
  });

  it.each([
    [{ code: "ECONNREFUSED" }, "unreachable"],
    [{ code: "ENOENT" }, "unreachable"],
    [{ code: "EACCES" }, "unreachable"],
    [{ message: "socket hang up" }, "unreachable"],
    [{ name: "AbortError" }, "aborted"],
    [{}, "failed"],
  ])("without an answer: %o", (shape, code) => {
    expect(translateError(Object.assign(new Error("x"), shape), "engine").code).toBe(code);
  });

  it("takes a plain-text body for the message", () => {
    const thrown = Object.assign(new Error("(HTTP code 409) x - [object Object]"), {
      statusCode: 409,
      json: Buffer.from("container is paused\n"),
    });
    expect(translateError(thrown, "c").message).toBe("container is paused");
  });

  it("passes an error on that is translated already", () => {
    const error = new EngineClientError("conflict", "m", { resource: "r" });
    expect(translateError(error, "other")).toBe(error);
  });

  it("reads what a pull reports in its stream", () => {
    expect(translateReported("manifest unknown", "image a", "image").code).toBe("image-not-found");
  });
});
