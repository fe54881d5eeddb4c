// What the kernel makes of AppArmor's profiles, on machines that have it: `npm run test:debian-kernel` is one.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import { DEFAULT_PROFILE, defaultProfileText } from "../../../src/engine/containers/apparmor-default.ts";
import { confinesByDefault } from "../../../src/engine/containers/apparmor-profiles.ts";
import { readAppArmor } from "../../../src/engine/containers/apparmor.ts";
import { actionsOf, collect, openRealEngine, refusal, runToEnd } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const OWN = "slipway-test-own";
const WHO = "cat /proc/1/attr/current /proc/self/attr/current";

const missing =
  refusal ??
  (confinesByDefault() === true ? undefined : "this machine has no AppArmor, or no apparmor_parser");
if (missing !== undefined) console.warn(`tests of AppArmor are skipped: ${missing}`);

function load(profile: string): void {
  execFileSync("/sbin/apparmor_parser", ["--replace", "--skip-cache"], { input: profile });
}

function unload(name: string): void {
  writeFileSync("/sys/kernel/security/apparmor/.remove", name);
}

/** Opens a file for writing, and writes nothing. */
const open = (path: string): string => `: >> ${path}`;
const attempt = (command: string): string => `(${command}) 2>/dev/null && echo yes || echo no`;

describe.skipIf(missing !== undefined)("a container's profile", () => {
  const before = readAppArmor().profiles;
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await openRealEngine();
    load(
      `profile ${OWN} flags=(attach_disconnected) { file, capability, signal, ptrace, deny /etc/hostname r, }`,
    );
  });
  afterAll(async () => {
    await engine.end();
    unload(OWN);
    if (before?.has(DEFAULT_PROFILE) === false) unload(DEFAULT_PROFILE);
  });

  const said = async (command: string, HostConfig: HostConfig = {}): Promise<string> => {
    const { id, stdout, stderr } = await runToEnd(engine, { Cmd: ["sh", "-c", command], HostConfig });
    return `${engine.containers.inspect(id).AppArmorProfile}: ${stdout}${stderr}`;
  };

  it("is the default one, which is loaded when it is not there", async () => {
    expect(await said(WHO)).toBe(`${DEFAULT_PROFILE}: ${`${DEFAULT_PROFILE} (enforce)\n`.repeat(2)}`);
    expect(readAppArmor().profiles).toContain(DEFAULT_PROFILE);
    expect(engine.logged).toEqual([]);
  });

  it("is the one that it names, and none where it is to have none", async () => {
    const named = { SecurityOpt: [`apparmor=${OWN}`] };
    expect(await said(`${WHO}; cat /etc/hostname`, named)).toBe(
      `${OWN}: ${`${OWN} (enforce)\n`.repeat(2)}cat: /etc/hostname: Permission denied\n`,
    );
    const unconfined = `unconfined: ${"unconfined\n".repeat(2)}`;
    expect(await said(WHO, { SecurityOpt: ["apparmor=unconfined"] })).toBe(unconfined);
    expect(await said(WHO, { Privileged: true })).toBe(unconfined);
  });

  it("holds for a small init, which can be signalled then, and with no new privileges", async () => {
    const SecurityOpt = ["no-new-privileges"];
    const confined = `${DEFAULT_PROFILE}: ${`${DEFAULT_PROFILE} (enforce)\n`.repeat(2)}`;
    expect(await said(`${WHO}; kill -0 1`, { Init: true })).toBe(confined);
    expect(await said(WHO, { Init: true, SecurityOpt })).toBe(confined);
    expect(await said(WHO, { SecurityOpt })).toBe(confined);
  });

  it("holds for what is executed later, also where it is privileged", async () => {
    const id = await engine.create({
      Cmd: ["sleep", "1000"],
      HostConfig: { SecurityOpt: [`apparmor=${OWN}`] },
    });
    await engine.containers.start(id);
    const { Id } = await engine.execs.create(id, {
      Cmd: ["cat", "/proc/self/attr/current"],
      AttachStdout: true,
      Privileged: true,
    });
    const { output } = await engine.execs.startAttached(Id, { tty: false });
    expect((await collect(output)).stdout).toBe(`${OWN} (enforce)\n`);
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("that is not loaded lets the start fail", async () => {
    const id = await engine.create({ Cmd: ["true"], HostConfig: { SecurityOpt: ["apparmor=none-such"] } });
    await expect(engine.containers.start(id)).rejects.toThrow(
      "unable to apply apparmor profile: apparmor failed to apply profile none-such: no such file or directory",
    );
    expect(actionsOf(engine, id)).not.toContain("start");
  });

  it("by default forbids mounts and what the kernel's files would let a container do, with any capability", async () => {
    const HostConfig = { CapAdd: ["ALL"], MaskedPaths: [], ReadonlyPaths: [] };
    const forbidden = [
      "mount -t tmpfs none /mnt",
      open("/proc/sys/kernel/core_pattern"),
      open("/proc/sys/kernel/sysrq"),
      open("/proc/sys/vm/drop_caches"),
      open("/proc/sysrq-trigger"),
      open("/proc/irq/default_smp_affinity"),
      open("/sys/kernel/mm/transparent_hugepage/enabled"),
    ];
    const permitted = [open("/proc/sys/kernel/shmmni"), open("/proc/self/oom_score_adj")];
    expect(await said([...forbidden, ...permitted].map(attempt).join("\n"), HostConfig)).toBe(
      `${DEFAULT_PROFILE}: ${"no\n".repeat(forbidden.length)}${"yes\n".repeat(permitted.length)}`,
    );
  });

  it("can be made for an engine that is confined itself", () => {
    expect(() => load(defaultProfileText("/usr/bin/an engine").replace(DEFAULT_PROFILE, OWN))).not.toThrow();
  });
});
