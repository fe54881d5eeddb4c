// What `-c` of `docker import` and `docker commit` makes of an image: the same configurations and refusals on every engine.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { makeArchive } from "../native/archive-trees.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import { pastEvents } from "../support/past-events.ts";
import { run, type CommandResult } from "../support/processes.ts";

const hasDocker = (await run("sh", ["-c", "command -v docker"])).code === 0;

describeEachEngine("changes of an image", (engine) => {
  let archive: string;
  beforeAll(async () => {
    await engine().start();
    archive = join(await engine().folder(), "root.tar");
    await writeFile(archive, await makeArchive([{ name: "f", contents: "x" }]), { mode: 0o644 });
  });
  const importWith = (...lines: readonly string[]): Promise<CommandResult> =>
    engine().docker(["import", ...lines.flatMap((line) => ["-c", line]), archive, "changed:1"]);

  it.skipIf(!hasDocker)("each instruction has its effect, variables have their values", async () => {
    const made = await importWith(
      "ENV A=1",
      "ENV B=$A C=${A}2 D=${Z:-other} E=${A:+instead} F=\\$A G=\"$A\" H='$A'",
      "ENV J $A b",
      "LABEL l=$A 'm n'=\"o p\"",
      "USER $A:2",
      "WORKDIR w",
      "WORKDIR $A",
      'VOLUME ["/a b"]',
      "VOLUME /$A /c",
      "EXPOSE 80-82/tcp 5$A/udp",
      "ENTRYPOINT echo $A",
      'CMD ["a","b"]',
      "HEALTHCHECK --interval=5s --timeout=1m30s --start-period=1h --retries=3 CMD echo  ok",
      "ONBUILD RUN x",
      "onbuild COPY . .",
    );
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const shown = await engine().docker(["image", "inspect", "-f", "{{json .Config}}", "changed:1"]);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      Env: ["A=1", "B=1", "C=12", "D=other", "E=instead", "F=$A", "G=1", "H=$A", "J=1 b"],
      Labels: { l: "1", "m n": "o p" },
      User: "1:2",
      WorkingDir: "/w/1",
      Volumes: { "/a b": {}, "/1": {}, "/c": {} },
      ExposedPorts: { "80/tcp": {}, "81/tcp": {}, "82/tcp": {}, "51/udp": {} },
      Entrypoint: ["/bin/sh", "-c", "echo $A"],
      Cmd: ["a", "b"],
      Healthcheck: {
        Test: ["CMD-SHELL", "echo  ok"],
        Interval: 5e9,
        Timeout: 90e9,
        StartPeriod: 3600e9,
        Retries: 3,
      },
      OnBuild: ["RUN x", "COPY . ."],
    });
  });

  it.skipIf(!hasDocker)("labels are told with the image's events, and find them", async () => {
    await importWith("LABEL told=yes", "LABEL other=1");
    await engine().docker(["tag", "changed:1", "told:1"]);
    await engine().docker(["rmi", "told:1"]);
    for (const action of ["tag", "untag"]) {
      const filters = { event: [action], label: ["told=yes"] };
      const [event] = await pastEvents(engine().client(), 1, filters);
      expect(event?.Actor.Attributes).toMatchObject({ told: "yes", other: "1" });
    }
  });

  it.skipIf(!hasDocker).each([
    ["RUN x", "run is not a valid change command"],
    ["FOO", "is not a valid change command"],
    ["ENV", "ENV requires at least one argument"],
    ["ENV A", "ENV must have two arguments"],
    ["ENV =x", "ENV names can not be blank"],
    ["LABEL A", "LABEL must have two arguments"],
    ["EXPOSE x", "Invalid containerPort: x"],
    ["USER", "USER requires exactly one argument"],
    ["WORKDIR", "WORKDIR requires exactly one argument"],
    ["VOLUME", "VOLUME requires at least one argument"],
    ['VOLUME ["/a",""]', "VOLUME specified can not be an empty string"],
    ["HEALTHCHECK", "HEALTHCHECK requires at least one argument"],
    ["HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"],
    ["HEALTHCHECK FOO", 'Unknown type "FOO" in HEALTHCHECK (try CMD)'],
    ["HEALTHCHECK --interval=1ns CMD x", "cannot be less than 1ms"],
    ["HEALTHCHECK --foo=1 CMD x", "Unknown flag: foo"],
    ["HEALTHCHECK --retries=0 CMD x", "--retries must be at least 1 (not 0)"],
    ["ONBUILD", "ONBUILD requires at least one argument"],
    ["ONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"],
    ["ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger"],
  ])("%s is refused", async (line, message) => {
    expect(await importWith(line)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});
