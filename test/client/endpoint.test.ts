import { expect, it } from "vitest";
import { formatEndpoint, parseEndpoint } from "../../src/client/endpoint.ts";

it.each([
  ["unix:///run/a.sock", { kind: "unix", path: "/run/a.sock" }],
  ["/run/a.sock", { kind: "unix", path: "/run/a.sock" }],
  ["npipe:////./pipe/x", { kind: "npipe", path: "//./pipe/x" }],
  ["tcp://h", { kind: "tcp", host: "h", port: 2375 }],
  ["tcp://h:80", { kind: "tcp", host: "h", port: 80 }],
  ["http://h:1234/", { kind: "tcp", host: "h", port: 1234 }],
  ["tcp://[::1]:2375", { kind: "tcp", host: "::1", port: 2375 }],
  ["https://h", { kind: "tcp", host: "h", port: 2376, tls: { verify: true } }],
  ["ssh://ada@h", { kind: "ssh", host: "h", port: 22, user: "ada" }],
  ["ssh://h:2222", { kind: "ssh", host: "h", port: 2222 }],
])("reads %s", (address, expected) => {
  expect(parseEndpoint(address)).toEqual(expected);
});

it.each(["", "docker", "unix://relative", "ftp://h", "tcp://"])("refuses %j", (address) => {
  expect(parseEndpoint(address)).toBeUndefined();
});

it("writes an address that it reads again", () => {
  for (const address of ["unix:///a", "tcp://[::1]:2375", "ssh://ada@h:22", "npipe:////./pipe/x"]) {
    const endpoint = parseEndpoint(address);
    expect(endpoint && formatEndpoint(endpoint)).toBe(address);
  }
});
