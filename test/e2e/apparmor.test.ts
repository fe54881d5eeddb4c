// AppArmor as clients see it, on machines that have it: `npm run test:debian-kernel` is one.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";

const OWN = "slipway-e2e-own";
const FILES = "/sys/kernel/security/apparmor";
const canLoad =
  process.getuid?.() === 0 && existsSync(`${FILES}/profiles`) && existsSync("/sbin/apparmor_parser");

/** Of the default profile, which an engine may have loaded. */
const isLoaded = (): boolean => readFileSync(`${FILES}/profiles`, "utf8").includes("docker-default (");

describe.skipIf(!canLoad)(
  `AppArmor${canLoad ? "" : " [skipped: it needs root, AppArmor and apparmor_parser]"}`,
  () => {
    let hadDefault = true;
    beforeAll(() => {
      hadDefault = isLoaded();
      execFileSync("/sbin/apparmor_parser", ["--replace", "--skip-cache"], {
        input: `profile ${OWN} flags=(attach_disconnected) { file, capability, signal, ptrace, }`,
      });
    });
    afterAll(() => {
      writeFileSync(`${FILES}/.remove`, OWN);
      if (!hadDefault && isLoaded()) writeFileSync(`${FILES}/.remove`, "docker-default");
    });

    describeEachEngine(
      "profiles",
      (engine) => {
        const profiles = async (...options: string[]): Promise<string> => {
          const { succeed } = engine();
          const args = ["--name", "confined", ...options, "slipway/host", "cat", "/proc/self/attr/current"];
          const kernel = await succeed("run", ...args);
          const inspected = await succeed("inspect", "-f", "{{.AppArmorProfile}}", "confined");
          await succeed("rm", "confined");
          return `${inspected}${kernel}`;
        };

        it("are the default one for root, none for others, and always those that are named", async () => {
          await engine().start();
          const forRoot = engine().user === undefined;
          expect(await profiles()).toBe(
            forRoot ? "docker-default\ndocker-default (enforce)\n" : "\nunconfined\n",
          );
          const named = `${OWN}\n${OWN} (enforce)\n`;
          expect(await profiles("--security-opt", `apparmor=${OWN}`)).toBe(named);
          expect(await profiles("--security-opt", `apparmor=${OWN}`, "--init")).toBe(named);
          expect(await profiles("--security-opt", "apparmor=unconfined")).toBe("unconfined\nunconfined\n");
          const options = JSON.parse(
            await engine().succeed("info", "-f", "{{json .SecurityOptions}}"),
          ) as string[];
          expect(options).toContain(forRoot ? "name=apparmor" : "name=apparmor,profile=unconfined");
        });

        it("that are not loaded are refused", async () => {
          const option = ["--security-opt", "apparmor=none-such"];
          const refused = await engine().docker(["run", "--rm", ...option, "slipway/host", "true"]);
          expect(refused.stderr).toContain(
            "unable to apply apparmor profile: apparmor failed to apply profile none-such: no such file or directory",
          );
          expect(refused.code).toBe(127);
        });
      },
      { only: "bundled" },
    );
  },
);
