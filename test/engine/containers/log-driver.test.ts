import { describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import { checkLogConfig, logDetails, logRotation } from "../../../src/engine/containers/log-driver.ts";

const host = (Type: string, Config: Record<string, string> = {}): HostConfig => ({
  LogConfig: { Type, Config },
});

describe("log options", () => {
  it.each([
    [host("json-file"), undefined],
    [host("json-file", { "max-size": "10" }), { size: 10, files: 1, compress: false }],
    [host("json-file", { "max-size": "2k", "max-file": "3" }), { size: 2048, files: 3, compress: false }],
    [
      host("json-file", { "max-size": "1", "max-file": "2", compress: "1" }),
      { size: 1, files: 2, compress: true },
    ],
    [host("json-file", { "max-size": "1.5MiB" }), { size: 1_572_864, files: 1, compress: false }],
    [host("local"), { size: 20_971_520, files: 5, compress: true }],
    [host("local", { "max-size": "1g", "max-file": "2" }), { size: 1_073_741_824, files: 2, compress: true }],
    [host("local", { compress: "false" }), { size: 20_971_520, files: 5, compress: false }],
    [host("json-file", { "max-file": "3" }), undefined],
    [host("none"), undefined],
    [host("none", { colour: "red", mode: "fast", "max-size": "much" }), undefined],
    [host("local", { "max-size": "1PiB" }), { size: 2 ** 50, files: 5, compress: true }],
    [host("json-file", { mode: "non-blocking", "max-buffer-size": "0" }), undefined],
    [host("json-file", { mode: "non-blocking", "max-buffer-size": "1.5 mb" }), undefined],
  ])("%j keep a log small", (config, expected) => {
    checkLogConfig(config);
    expect(logRotation(config)).toEqual(expected);
  });

  it.each([
    [host("syslog"), "logger: no log driver named 'syslog' is registered"],
    [host("json-file", { colour: "red" }), "unknown log opt 'colour' for json-file log driver"],
    [host("local", { labels: "a" }), "unknown log opt 'labels' for local log driver"],
    [host("json-file", { "max-size": "much" }), '"much" is not a size'],
    [host("json-file", { "max-size": "0" }), '"0" is not a size'],
    [host("json-file", { "max-size": "1m", "max-file": "0" }), "max-file cannot be less than 1"],
    [host("json-file", { "env-regex": "(" }), "invalid value for log opt 'env-regex'"],
    [host("json-file", { tag: "{{.Hat}}" }), "invalid value for log opt 'tag': {{.Hat}}"],
    [host("json-file", { "max-size": "1m", "max-file": "2", compress: "yes" }), "log opt 'compress': yes"],
    [host("json-file", { "max-size": "1m", compress: "true" }), "compress cannot be true when max-file"],
    [host("json-file", { compress: "true" }), "compress cannot be true when max-file"],
    [host("local", { "max-file": "1", compress: "true" }), "compress cannot be true when max-file"],
    [host("json-file", { "max-buffer-size": "1m" }), "only supported with 'mode=non-blocking'"],
    [host("json-file", { mode: "", "max-buffer-size": "1m" }), "only supported with 'mode=non-blocking'"],
    [
      host("local", { mode: "non-blocking", "max-buffer-size": "lots" }),
      "error parsing option max-buffer-size: invalid size: 'lots'",
    ],
    [
      host("json-file", { mode: "non-blocking", "max-buffer-size": "" }),
      "error parsing option max-buffer-size: invalid size: ''",
    ],
    [host("json-file", { mode: "fast", colour: "red" }), "logger: logging mode not supported: fast"],
    [host("json-file", { mode: "Blocking" }), "logger: logging mode not supported: Blocking"],
  ])("%j are refused", (config, message) => {
    expect(() => checkLogConfig(config)).toThrow(message);
  });

  it("name the labels and variables that details show", () => {
    const container = {
      id: "0123456789abcdef",
      name: "web",
      imageRef: "app:1",
      imageId: "sha256:fedcba9876543210",
    };
    const config = { Labels: { a: "1", "b c": "2", z: "" }, Env: ["HOME=/x", "PORT=80", "BARE"] };
    const details = (options: Record<string, string>): string =>
      logDetails({ ...container, config, hostConfig: host("json-file", options) });
    expect(details({})).toBe("");
    expect(details({ labels: "b c,none", env: "PORT" })).toBe("PORT=80,b%20c=2");
    expect(details({ tag: "{{.Name}}/{{ .ID }}", labels: "a" })).toBe("a=1,tag=web%2F0123456789ab");
    expect(details({ tag: "{{.ImageName}} {{.ImageID}}" })).toBe("tag=app%3A1%20fedcba987654");
    expect(details({ "labels-regex": "^[az]$", "env-regex": "^B" })).toBe("BARE=,a=1,z=");
  });
});
