import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { portRequests, portRows, publishedPorts } from "../../../src/engine/containers/ports.ts";
import { publishDirectives } from "../../../src/engine/containers/publish.ts";
import type { SavedContainer } from "../../../src/engine/containers/record.ts";

const saved = (HostPort: string): SavedContainer =>
  ({
    hostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort }] } },
    config: {},
  }) as unknown as SavedContainer;

describe("published ports", () => {
  it("are those asked for, and all that are exposed when asked for", () => {
    const config = { ExposedPorts: { "80/tcp": {}, "90/udp": {} } };
    expect(
      portRequests({ PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }] } }, config),
    ).toEqual([{ containerPort: 80, protocol: "tcp", hostAddress: "127.0.0.1", first: 8080, last: 8080 }]);
    expect(portRequests({ PublishAllPorts: true, PortBindings: { "80/tcp": [] } }, config)).toEqual([
      { containerPort: 80, protocol: "tcp", hostAddress: "", first: 0, last: 0 },
      { containerPort: 90, protocol: "udp", hostAddress: "", first: 0, last: 0 },
    ]);
  });

  it("are shown as they were bound, with those that are only exposed", () => {
    const ports = publishedPorts("tcp 0.0.0.0 8080 80\ntcp :: 8080 80\n", {
      ExposedPorts: { "99/udp": {}, "100-101/tcp": {} },
    });
    expect(ports).toEqual({
      "80/tcp": [
        { HostIp: "0.0.0.0", HostPort: "8080" },
        { HostIp: "::", HostPort: "8080" },
      ],
      "99/udp": null,
      "100-101/tcp": null,
    });
    expect(portRows(ports)).toEqual([
      { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
      { IP: "::", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
      { PrivatePort: 99, Type: "udp" },
    ]);
  });

  it("take the first free one of a range", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    try {
      const [directive] = await publishDirectives(saved(`${port}-${port + 20}`), "172.17.0.2");
      expect(Number(directive?.[3])).toBeGreaterThan(port);
      await expect(publishDirectives(saved(`${port}-${port}`), "172.17.0.2")).resolves.toEqual([
        ["publish", "tcp", "127.0.0.1", String(port), "172.17.0.2", "80"],
      ]);
      expect(await publishDirectives(saved("8080"), undefined)).toEqual([]);
    } finally {
      taken.close();
    }
  });
});
