import { describe, expect, it } from "vitest";
import type { ContainerConfig } from "../../../src/engine/api-types/container-config.ts";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import { checkHostConfig, completeHostConfig } from "../../../src/engine/containers/host-config.ts";

function check(host: HostConfig, config: ContainerConfig = {}): void {
  checkHostConfig(completeHostConfig(host, 2), config);
}

describe("the defaults of a host configuration", () => {
  it("are written out", () => {
    expect(completeHostConfig({ NetworkMode: "default", Memory: 8e6 }, 2)).toMatchObject({
      NetworkMode: "bridge",
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
      LogConfig: { Type: "json-file", Config: {} },
      ShmSize: 67_108_864,
      IpcMode: "private",
      MemorySwap: 16e6,
    });
    const bindings = { "80/tcp": [{ HostPort: "8080" }, {}], "81/tcp": null, "82/tcp": [] };
    expect(completeHostConfig({ PortBindings: bindings }, 2).PortBindings).toEqual({
      "80/tcp": [
        { HostIp: "", HostPort: "8080" },
        { HostIp: "", HostPort: "" },
      ],
      "81/tcp": null,
      "82/tcp": [],
    });
    const spelt = { "80/TCP": [{ HostPort: "1" }], "80": [{ HostPort: "2" }], "81/uDP": null };
    expect(completeHostConfig({ PortBindings: spelt }, 2).PortBindings).toEqual({
      "80/tcp": [
        { HostIp: "", HostPort: "2" },
        { HostIp: "", HostPort: "1" },
      ],
      "81/udp": null,
    });
    expect(completeHostConfig({ Memory: 8e6, MemorySwap: 0 }, 2).MemorySwap).toBe(16e6);
    expect(completeHostConfig({ Memory: 8e6, MemorySwap: -1 }, 2).MemorySwap).toBe(-1);
    expect(completeHostConfig({}, 2).MaskedPaths).toContain("/proc/kcore");
    expect(completeHostConfig({ MaskedPaths: [] }, 2).MaskedPaths).toEqual([]);
    expect(completeHostConfig({ Privileged: true }, 2).ReadonlyPaths).toEqual([]);
  });
});

describe("a host configuration", () => {
  it("says nothing of limits that were not asked for, in whichever words", () => {
    const { PidsLimit, MemorySwappiness } = completeHostConfig({ PidsLimit: -1, MemorySwappiness: -1 }, 2);
    expect([PidsLimit, MemorySwappiness]).toEqual([null, null]);
    expect(completeHostConfig({ PidsLimit: 0 }, 2).PidsLimit).toBeNull();
    expect(completeHostConfig({ PidsLimit: 5, MemorySwappiness: 0 }, 2)).toMatchObject({
      PidsLimit: 5,
      MemorySwappiness: 0,
    });
  });
});

describe("a host configuration is refused", () => {
  it.each<[HostConfig, string]>([
    [{ Memory: -1 }, "Minimum memory limit allowed is 6MB"],
    [{ MemoryReservation: 1 }, "Minimum memory reservation allowed is 6MB"],
    [{ SecurityOpt: ["no-new-privileges=maybe"] }, 'invalid --security-opt 2: "no-new-privileges=maybe"'],
    [{ ExtraHosts: ["db"] }, 'bad format for add-host: "db"'],
    [{ ExtraHosts: [":10.0.0.1"] }, 'bad format for add-host: ":10.0.0.1"'],
    [{ ExtraHosts: ["db\tx:10.0.0.1"] }, "bad format for add-host"],
    [{ ExtraHosts: ["db:there"] }, 'invalid IP address in add-host: "there"'],
    [{ ExtraHosts: ["db:10.0.0.1\n10.0.0.2 x"] }, "invalid IP address in add-host"],
    [{ Memory: 5e6 }, "Minimum memory limit allowed is 6MB"],
    [{ Memory: 64e6, MemorySwap: 32e6 }, "Minimum memoryswap limit should be larger than memory limit"],
    [{ MemorySwap: 64e6 }, "You should always set the Memory limit"],
    [{ NanoCpus: 1e9, CpuQuota: 5000 }, "Nano CPUs and CPU Quota cannot both be set"],
    [{ NanoCpus: 1e9, CpuPeriod: 5000 }, "Nano CPUs and CPU Period cannot both be set"],
    [{ CpuPeriod: 999 }, "CPU cfs period"],
    [{ CpuQuota: 999 }, "CPU cfs quota"],
    [{ OomScoreAdj: 1001 }, "range for oom score adj is [-1000, 1000]"],
    [{ RestartPolicy: { Name: "sometimes" } }, "unknown policy 'sometimes'"],
    [{ RestartPolicy: { Name: "always", MaximumRetryCount: 1 } }, "can only be used with 'on-failure'"],
    [{ RestartPolicy: { Name: "on-failure", MaximumRetryCount: -1 } }, "cannot be negative"],
    [
      { AutoRemove: true, RestartPolicy: { Name: "always" } },
      "can't create 'AutoRemove' container with restart policy",
    ],
    [{ CapAdd: ["FLY"] }, 'unknown capability "FLY"'],
    [
      { Ulimits: [{ Name: "nofile", Soft: 2, Hard: 1 }] },
      "ulimit soft limit must be less than or equal to hard",
    ],
    [{ Ulimits: [{ Name: "nofile", Soft: 2 }] }, "ulimit soft limit must be less than or equal to hard"],
    [{ Ulimits: [{ Name: "hats", Soft: 1, Hard: 1 }] }, "invalid ulimit type: hats"],
    [{ PortBindings: { "80/quic": [{}] } }, 'invalid port specification: "80/quic"'],
    [{ PortBindings: { "80/tcp": [{ HostPort: "99999" }] } }, 'invalid port specification: "99999"'],
    ...["localhost", "1.2.3", "[::1]", "fe80::1%lo"].map((HostIp): [HostConfig, string] => [
      { PortBindings: { "80/tcp": [{ HostIp, HostPort: "80" }] } },
      `invalid IP address to publish port 80/tcp on: "${HostIp}"`,
    ]),
    [{ LogConfig: { Type: "syslog2" } }, "no log driver named 'syslog2' is registered"],
    [{ PidMode: "shared" }, "invalid PID mode: shared"],
    [{ IpcMode: "container:" }, "invalid IPC mode: container:"],
    [{ UTSMode: "private" }, "invalid UTS mode: private"],
    [{ NetworkMode: "container:x", Dns: ["1.1.1.1"] }, "conflicting options: dns and the network mode"],
    [{ NetworkMode: "container:x", PortBindings: { "80/tcp": [] } }, "conflicting options: port publishing"],
    [{ Sysctls: { "kernel.panic": "1" } }, 'sysctl "kernel.panic" is not in a separate kernel namespace'],
    [{ Sysctls: { "kernel/sysrq": "1" } }, 'sysctl "kernel/sysrq" is not in a separate kernel namespace'],
    [{ Sysctls: { "net.//.//.kernel.panic": "1" } }, "is not a name"],
    [{ Sysctls: { "net/../kernel/panic": "1" } }, "is not a name"],
    [{ Sysctls: { "vm.swappiness": "1" } }, "is not in a separate kernel namespace"],
    [
      { Sysctls: { "net.core.somaxconn": "1" }, NetworkMode: "host" },
      "not allowed in host network namespace",
    ],
    [{ Sysctls: { "kernel.sem": "1" }, IpcMode: "host" }, "not allowed in the hosts ipc namespace"],
    [{ Sysctls: { "kernel.domainname": "x" }, UTSMode: "host" }, "not allowed in host UTS namespace"],
    [{ SecurityOpt: ["magic=1"] }, 'invalid --security-opt 2: "magic=1"'],
  ])("%j", (host, message) => {
    expect(() => check(host)).toThrow(message);
  });

  it.each<[ContainerConfig, string]>([
    [{ Healthcheck: { Interval: 999_999 } }, "Interval in Healthcheck cannot be less than 1ms"],
    [{ Healthcheck: { Retries: -1 } }, "Retries in Healthcheck cannot be negative"],
    [{ Healthcheck: { Test: ["EXEC", "x"] } }, "Unknown healthcheck type"],
    [{ StopSignal: "STOPP" }, "Invalid signal: STOPP"],
    [{ Env: ["A=1", ""] }, "invalid environment variable: "],
    [{ Env: ["=x"] }, "invalid environment variable: =x"],
  ])("with %j", (config, message) => {
    expect(() => check({}, config)).toThrow(message);
  });

  it("with a host name in another's network", () => {
    expect(() => check({ NetworkMode: "container:x" }, { Hostname: "me" })).toThrow(
      "conflicting options: hostname and the network mode",
    );
  });

  it("not for what is fine", () => {
    const fine: HostConfig[] = [
      {
        Sysctls: {
          "net.core.somaxconn": "1",
          "net/ipv4/conf/eth0.1/forwarding": "1",
          "fs.mqueue.msg_max": "1",
          "kernel.shmmax": "1",
          "kernel.domainname": "x",
        },
      },
      {
        Memory: 64e6,
        MemorySwap: -1,
        CapDrop: ["all"],
        CapAdd: ["CAP_CHOWN"],
        SecurityOpt: ["no-new-privileges"],
      },
      { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 } },
      { ExtraHosts: ["a:10.0.0.1", "b=::1", "c:[::1]", "d:host-gateway"] },
      { SecurityOpt: ["no-new-privileges:true", "no-new-privileges=false"] },
    ];
    for (const host of fine) expect(() => check(host)).not.toThrow();
  });
});
