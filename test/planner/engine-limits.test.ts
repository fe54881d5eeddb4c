import { describe, expect, it } from "vitest";
import { effectlessAttributes, wantedResources } from "../../src/planner/index.ts";
import { observeEngine } from "../../src/reconciler/index.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { loadOk } from "../spec/load-yaml.ts";

const REFUSED = `services:
  a:
    image: x
    gpus: all
    runtime: kata
    isolation: hyperv
    storage_opt: { size: 1G }
    deploy: { resources: { reservations: { devices: [{ capabilities: [gpu] }] } } }
`;

const YAML = `services:
  a:
    image: x
    mem_limit: 64m
    memswap_limit: -1
    pids_limit: 10
    gpus: all
    runtime: runc
    security_opt: ["label:disable", "apparmor=own", "label=type:own", "apparmor:unconfined"]
    networks: { default: { link_local_ips: [169.254.0.1] } }
    deploy: { mode: global, resources: { limits: { memory: 64m, cpus: 0.5 } } }
    mem_swappiness: 10
`;

/** The warnings about the service on an engine, each with its line. */
async function warnings(
  server: string,
  info: Readonly<Record<string, unknown>>,
  yaml = YAML,
): Promise<readonly string[]> {
  const project = loadOk(yaml);
  const engine = new FakeEngine({ info });
  const observed = { ...(await observeEngine(engine, wantedResources(project))), server };
  return effectlessAttributes(project, "a", observed).map(({ message, span, severity, code }) => {
    expect([severity, code]).toEqual(["warning", "not-supported"]);
    return `${span?.line}: ${message}`;
  });
}

const has = (attribute: string): string => `\`${attribute}\` of service "a" has no effect`;
const global = `11: ${has("deploy.mode")}: there is one machine only`;

describe("what an engine leaves out", () => {
  it("is nothing more where the engine can do all that is asked", async () => {
    expect(await warnings("Docker/28.3.0 (linux)", { MemoryLimit: true, CgroupVersion: "1" })).toEqual([
      global,
    ]);
  });

  it("are limits that its machine cannot keep", async () => {
    const info = {
      MemoryLimit: false,
      CpuCfsQuota: false,
      PidsLimit: false,
      SwapLimit: false,
      CgroupVersion: "2",
    };
    expect(await warnings("Libpod/5.4.0 (linux)", info)).toEqual([
      global,
      `4: ${has("mem_limit")} on this engine: it cannot limit memory on its machine`,
      `12: ${has("mem_swappiness")} on this engine: it cannot say how readily memory is swapped on its machine`,
      `6: ${has("pids_limit")} on this engine: it cannot limit the number of processes on its machine`,
      `11: ${has("deploy.resources.limits.cpus")} on this engine: it cannot limit CPU time on its machine`,
      `11: ${has("deploy.resources.limits.memory")} on this engine: it cannot limit memory on its machine`,
    ]);
  });

  it("is what the bundled engine does not have", async () => {
    const reason = "on this engine: the bundled engine does not have it";
    expect(await warnings("Slipway/0.1.0 (linux)", {})).toEqual([
      global,
      `9: ${has("security_opt.2")} ${reason}`,
      `7: \`gpus\` of service "a" keeps it from starting ${reason}`,
    ]);
  });

  it.each([
    [["name=seccomp,profile=builtin"], true],
    [["name=apparmor", "name=seccomp,profile=builtin"], false],
    [["name=apparmor,profile=unconfined", "name=rootless"], false],
  ])("are profiles of AppArmor where the engine tells of %j: %s", async (SecurityOptions, isLeftOut) => {
    const yaml = `services: {a: {image: x, security_opt: ["apparmor=own"]}}\n`;
    const reason = "on this engine: it cannot run processes under profiles of AppArmor on its machine";
    for (const server of ["Slipway/0.1.0 (linux)", "Docker/28.3.0 (linux)"]) {
      expect(await warnings(server, { SecurityOptions }, yaml)).toEqual(
        isLeftOut ? [`1: ${has("security_opt.0")} ${reason}`] : [],
      );
    }
  });

  it("is what the bundled engine starts no container with", async () => {
    const refused = [
      "8: `deploy.resources.reservations.devices`",
      "4: `gpus`",
      "7: `storage_opt`",
      "6: `isolation`",
      "5: `runtime`",
    ];
    expect(await warnings("Slipway/0.1.0 (linux)", {}, REFUSED)).toEqual(
      refused.map(
        (what) =>
          `${what} of service "a" keeps it from starting on this engine: the bundled engine does not have it`,
      ),
    );
    expect(await warnings("Docker/28.3.0 (linux)", {}, REFUSED)).toEqual([]);
  });

  it("is not asked about where nothing is limited", async () => {
    const engine = new FakeEngine();
    engine.info = () => Promise.reject(new Error("it was asked"));
    const project = loadOk("services: {a: {image: x, cpus: 0}}\n");
    expect(await observeEngine(engine, wantedResources(project))).toEqual({
      apiVersion: "1.48",
      server: "Docker/fake (linux)",
    });
  });
});
