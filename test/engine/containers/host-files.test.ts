import { describe, expect, it } from "vitest";
import {
  changedHosts,
  hostsFile,
  relinkedHosts,
  resolvConfFile,
  withOwnUpstreams,
} from "../../../src/engine/containers/host-files.ts";
import type { HostsRequest } from "../../../src/engine/containers/host-files.ts";

const REQUEST: HostsRequest = {
  machineHosts: undefined,
  extraHosts: [],
  addresses: ["172.18.0.2", "fd00::2"],
  hostname: "web",
  domainname: "",
  hostGateway: "172.17.0.1",
};
const MACHINE = "# made\nnameserver 127.0.0.53\nnameserver 10.0.0.1\nsearch corp.example\noptions edns0\n";

describe("/etc/hosts", () => {
  it("names this machine, what was asked for, and the container on each address", () => {
    const text = hostsFile({
      ...REQUEST,
      extraHosts: ["db:10.1.1.1", "six:::1", "up:host-gateway", "eq=1.2.3.4"],
    });
    expect(text.split("\n").slice(6)).toEqual([
      "10.1.1.1\tdb",
      "::1\tsix",
      "172.17.0.1\tup",
      "1.2.3.4\teq",
      "172.18.0.2\tweb",
      "fd00::2\tweb",
      "",
    ]);
    expect(text.startsWith("127.0.0.1\tlocalhost\n")).toBe(true);
    expect(hostsFile({ ...REQUEST, domainname: "corp" })).toContain("172.18.0.2\tweb.corp web\n");
  });

  it("follows the container's addresses while it runs, and keeps what it has written itself", () => {
    const own = { hostname: "web", domainname: "corp" };
    const text = "127.0.0.1\tlocalhost\n10.1.0.2\tweb.corp web\n10.1.0.2\tmine\n10.2.0.2 mine too";
    const changed = changedHosts(text, { ...own, gone: ["10.1.0.2"], added: ["10.3.0.2", "fd00::2"] });
    expect(changed).toBe(
      "127.0.0.1\tlocalhost\n10.1.0.2\tmine\n10.2.0.2 mine too\n10.3.0.2\tweb.corp web\nfd00::2\tweb.corp web\n",
    );
    expect(changedHosts(changed, { ...own, gone: [], added: [] })).toBe(changed);
  });

  it("names those that the container has links to, wherever they are now", () => {
    const text = hostsFile({ ...REQUEST, links: [{ address: "172.17.0.2", names: "db base" }] });
    expect(text).toContain("172.17.0.2\tdb base\n172.18.0.2\tweb\n");
    expect(relinkedHosts(text, { address: "172.17.0.5", names: "db base" })).toContain(
      "\n172.17.0.5\tdb base\n",
    );
  });

  it("is the machine's in the machine's network", () => {
    expect(hostsFile({ ...REQUEST, machineHosts: "127.0.0.1 me", extraHosts: ["a:1.1.1.1"] })).toBe(
      "127.0.0.1 me\n1.1.1.1\ta\n",
    );
  });
});

describe("/etc/resolv.conf", () => {
  it("asks the engine where it resolves names", () => {
    expect(resolvConfFile({}, [["resolver", "61053"]], MACHINE)).toBe(
      "nameserver 127.0.0.11\nsearch corp.example\noptions edns0 ndots:0\n",
    );
    expect(
      resolvConfFile({ DnsSearch: ["."], DnsOptions: ["ndots:2"] }, [["resolver", "61053"]], MACHINE),
    ).toBe("nameserver 127.0.0.11\noptions ndots:2\n");
  });

  it("asks the machine's servers otherwise, as far as they can be reached", () => {
    expect(resolvConfFile({}, [], MACHINE)).toContain("nameserver 10.0.0.1\n");
    expect(resolvConfFile({}, [], MACHINE)).not.toContain("127.0.0.53");
    expect(resolvConfFile({}, [], "")).toBe("nameserver 8.8.8.8\nnameserver 8.8.4.4\n");
    expect(resolvConfFile({ NetworkMode: "host" }, [], MACHINE)).toContain("127.0.0.53");
    expect(resolvConfFile({ Dns: ["1.1.1.1"] }, [], MACHINE)).toContain("nameserver 1.1.1.1\n");
  });

  it("lets the engine ask the servers of the container's choice", () => {
    const network = [
      ["resolver", "61053"],
      ["names", "/t"],
      ["upstream", "10.0.0.1"],
    ] as const;
    expect(withOwnUpstreams({ Dns: ["9.9.9.9"] }, network)).toEqual([
      ["resolver", "61053"],
      ["names", "/t"],
      ["upstream", "9.9.9.9"],
    ]);
    expect(withOwnUpstreams({}, network)).toEqual(network);
    expect(withOwnUpstreams({ Dns: ["9.9.9.9"] }, [])).toEqual([]);
  });
});
