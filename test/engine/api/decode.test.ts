import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { containerCreateBody } from "../../../src/engine/api/bodies.ts";
import { decode } from "../../../src/engine/api/decode.ts";
import { EngineError } from "../../../src/engine/errors.ts";

const create = (body: unknown): unknown => decode(containerCreateBody, body);

describe("a body", () => {
  it("has its fields in any case, and no others", () => {
    expect(create({ image: "x", hostconfig: { MEMORY: 1 }, Image2: "y" })).toEqual({
      Image: "x",
      HostConfig: { Memory: 1 },
    });
  });

  it("has nothing where it says null", () => {
    const body = {
      Image: "x",
      Cmd: null,
      Healthcheck: { Test: ["CMD", "true"], Timeout: null },
      HostConfig: null,
    };
    expect(create(body)).toEqual({ Image: "x", Healthcheck: { Test: ["CMD", "true"] } });
  });

  it("has what null stands for in lists and under keys of the client's", () => {
    const body = {
      Labels: { a: null },
      Env: [null],
      NetworkingConfig: { EndpointsConfig: { net: null } },
      HostConfig: { PortBindings: { "80/tcp": null } },
    };
    expect(create(body)).toEqual({
      Labels: { a: "" },
      Env: [""],
      NetworkingConfig: { EndpointsConfig: { net: {} } },
      HostConfig: { PortBindings: { "80/tcp": [] } },
    });
  });

  it("may give a command as one text", () => {
    expect(create({ Cmd: "true", Entrypoint: ["sh", "-c"] })).toEqual({
      Cmd: ["true"],
      Entrypoint: ["sh", "-c"],
    });
  });

  it("keeps keys such as __proto__ as they are", () => {
    const { Labels } = create(JSON.parse('{"Labels": {"__proto__": "a", "constructor": "b"}}')) as {
      Labels: Record<string, string>;
    };
    expect(Object.entries(Labels)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(Object.getPrototypeOf(Labels)).toBe(Object.prototype);
  });

  it.each<[unknown, string]>([
    [[], "an object was expected, not a list"],
    ["x", "an object was expected, not a text"],
    [{ Image: 5 }, "Image: a text was expected, not the number 5"],
    [{ Cmd: 5 }, "Cmd: a list of texts was expected, not the number 5"],
    [{ Cmd: ["a", 1] }, "Cmd[1]: a text was expected, not the number 1"],
    [{ Env: { A: "b" } }, "Env: a list was expected, not an object"],
    [{ Labels: ["a"] }, "Labels: an object was expected, not a list"],
    [{ Labels: { a: true } }, "Labels.a: a text was expected, not true"],
    [{ Tty: "yes" }, "Tty: true or false was expected, not a text"],
    [{ HostConfig: { Memory: "64m" } }, "HostConfig.Memory: an integer was expected, not a text"],
    [
      { HostConfig: { Memory: 1e19 } },
      "HostConfig.Memory: an integer was expected, not the number 10000000000000000000",
    ],
    [{ HostConfig: { NanoCpus: 1.5 } }, "HostConfig.NanoCpus: an integer was expected, not the number 1.5"],
    [
      { HostConfig: { Ulimits: [{ Name: 1 }] } },
      "HostConfig.Ulimits[0].Name: a text was expected, not the number 1",
    ],
  ])("%j is refused", (body, message) => {
    expect(() => create(body)).toThrow(new EngineError("invalid", `invalid JSON: ${message}`));
  });

  it("is decoded or refused, whatever it is", () => {
    const names = fc.constantFrom(
      "Image",
      "Cmd",
      "HostConfig",
      "Labels",
      "Healthcheck",
      "NetworkingConfig",
      "Mounts",
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(fc.jsonValue(), fc.dictionary(names, tie("value")), fc.array(tie("value"))),
    }));
    fc.assert(
      fc.property(value, (body) => {
        let decoded: unknown;
        try {
          decoded = create(body);
        } catch (error) {
          if (error instanceof EngineError) return;
          throw error;
        }
        // What was decoded once stays as it is.
        expect(create(decoded)).toEqual(decoded);
      }),
    );
  });
});
