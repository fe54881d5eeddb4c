// What people ask of `docker run`, the same on the bundled engine and on Docker's.
import { hostname } from "node:os";
import { afterEach, beforeAll, expect, it } from "vitest";
import { busyboxImage as image, busyboxUnavailable, importBusybox } from "../support/busybox-image.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import { askApi, type ApiReply } from "./api-request.ts";
import type { CommandResult } from "../support/processes.ts";

if (busyboxUnavailable !== undefined) console.warn(`container options: skipped, ${busyboxUnavailable}`);

interface Made {
  readonly Id: string;
  readonly Warnings: readonly string[];
}

/** One run: options, script, and what it says. */
type Case = readonly [options: readonly string[], script: string, says: string | RegExp];

const PROCESS: readonly Case[] = [
  [["-e", "A=1", "-e", "PATH=/bin:/x"], "echo $A $PATH", "1 /bin:/x\n"],
  [["-w", "/made/here"], "pwd; stat -c %a /made", "/made/here\n755\n"],
  [
    ["--ulimit", "nofile=123:456", "--ulimit", "core=-1", "-e", "HOME=", "--log-opt", "max-file=3"],
    "ulimit -n; ulimit -Hn; ulimit -c; echo $HOME",
    "123\n456\nunlimited\n/root\n",
  ],
  [["--oom-score-adj", "300"], "cat /proc/self/oom_score_adj", "300\n"],
  [["--security-opt", "no-new-privileges"], "grep NoNewPrivs /proc/self/status | cut -f2", "1\n"],
  [
    [],
    "grep -E 'NoNewPrivs|Seccomp:|CapInh|CapAmb' /proc/self/status | cut -f2 | sort -u",
    /^0\n0{16}\n2\n$/,
  ],
  [
    ["--cap-drop", "ALL", "--cap-add", "CHOWN"],
    "grep CapBnd /proc/self/status | cut -f2",
    "0000000000000001\n",
  ],
  [["--cap-drop", "chown"], "grep CapEff /proc/self/status | cut -f2", "00000000a80425fa\n"],
  [["--init"], "ps -o pid,comm | grep -c '^ *1 .*init'", "1\n"],
  // Nothing of the machine is to be read from the init: neither its paths nor the environment of who started the engine.
  [["--init"], "grep -c -e n[a]tive -e /t[m]p /proc/1/cmdline", "0\n"],
  [
    ["--init"],
    "tr '\\0' '\\n' </proc/1/environ | grep -v -c -e ^PATH= -e ^HOME= -e ^HOSTNAME= -e '^$'",
    "0\n",
  ],
  [["--pid", "host"], "[ $(ls -d /proc/[0-9]* 2>/dev/null | wc -l) -gt 8 ] && echo many", "many\n"],
  [["--pid", "host", "--init"], "[ $(ls -d /proc/[0-9]* 2>/dev/null | wc -l) -gt 8 ] && echo many", "many\n"],
  [["--entrypoint", "sh"], "unused", /^$/],
];

const FILES: readonly Case[] = [
  [["--shm-size", "8m"], "df -k /dev/shm | awk 'NR==2 {print $2}'", "8192\n"],
  [
    ["--read-only", "--tmpfs", "/tmp"],
    "touch /x 2>/dev/null || echo no; touch /tmp/x /dev/shm/x && echo yes",
    "no\nyes\n",
  ],
  [["--device", "/dev/null:/dev/mine:r"], "ls -l /dev/mine | awk '{print $5, $6}'", "1, 3\n"],
  [[], "cat /proc/timer_list | wc -c; touch /proc/sys/kernel/panic 2>/dev/null || echo no", /^0\nno\n$/],
  [[], "readlink /etc/mtab; stat -c '%F %a' /.dockerenv", "/proc/mounts\nregular empty file 755\n"],
  [[], "ls -A /sys/firmware | wc -l; touch /sys/x 2>/dev/null || echo no", "0\nno\n"],
  [
    ["--security-opt", "systempaths=unconfined"],
    "grep -c -E ' /proc/(kcore|keys|timer_list) ' /proc/self/mountinfo",
    /^0\n$/,
  ],
];

const NAMES: readonly Case[] = [
  [
    ["-h", "box", "--domainname", "example.org"],
    "cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname /etc/hostname; grep -o 'box.example.org box' /etc/hosts",
    "box\nexample.org\nbox\nbox.example.org box\n",
  ],
  [
    ["--add-host", "db:10.1.2.3", "--add-host", "six:[2001:db8::1]"],
    "grep -E '\tdb|\tsix' /etc/hosts",
    "10.1.2.3\tdb\n2001:db8::1\tsix\n",
  ],
  [
    ["--dns", "192.0.2.9", "--dns-search", "a.example", "--dns-opt", "timeout:1"],
    "grep -v '^#' /etc/resolv.conf | sort | grep .",
    // The bundled engine asks that server itself, also for containers of the default bridge.
    /^nameserver (192\.0\.2\.9|127\.0\.0\.11)\noptions timeout:1( ndots:0)?\nsearch a\.example\n$/,
  ],
  [["--uts", "host"], "hostname", `${hostname()}\n`],
  [["--network", "none"], "ls /sys/class/net", "lo\n"],
  [["--network", "host"], "cat /etc/hostname", `${hostname()}\n`],
  [
    ["--sysctl", "net.core.somaxconn=77", "--sysctl", "kernel.msgmax=4096"],
    "cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax",
    "77\n4096\n",
  ],
];

const USERS: readonly Case[] = [
  [["-u", "ann"], "id; echo $HOME", "uid=1000(ann) gid=1001(ann) groups=50(staff),1001(ann)\n/home/ann\n"],
  [["-u", "ann:writers"], "id -u; id -g", "1000\n60\n"],
  [["-u", "1000"], "id -u; id -g; echo $HOME", "1000\n1001\n/home/ann\n"],
  [["-u", "1234"], "id -u; id -g; echo $HOME", "1234\n0\n/\n"],
  [
    ["-u", "1234:99"],
    "id -u; id -g; grep CapEff /proc/self/status | cut -f2",
    "1234\n99\n0000000000000000\n",
  ],
  [
    ["-u", "ann", "--group-add", "writers", "--group-add", "77", "--group-add", "staff"],
    "id -G | tr ' ' '\\n' | sort -n | xargs",
    "50 60 77 1001\n",
  ],
];

/** Refused: options, command, exit status, and why. */
const REFUSED: readonly (readonly [readonly string[], readonly string[], number, RegExp])[] = [
  [[], ["no-such-command"], 127, /exec: "no-such-command": executable file not found in \$PATH/],
  [[], ["/no/such"], 127, /no such file or directory/],
  [[], ["/etc"], 126, /permission denied|is a directory/],
  [
    ["-u", "stranger"],
    ["true"],
    125,
    /daemon: unable to find user stranger: no matching entries in passwd file/,
  ],
  [
    ["-u", "root:strangers"],
    ["true"],
    125,
    /daemon: unable to find group strangers: no matching entries in group file/,
  ],
  [["-u", "root:-1"], ["true"], 125, /daemon: uids and gids must be in range 0-2147483647/],
  [["--cap-add", "FLY"], ["true"], 125, /FLY/],
  [["--device", "/dev/no-such"], ["true"], 127, /\/dev\/no-such/],
  [["--link", "no-such:x"], ["true"], 125, /could not get container for no-such: No such container: no-such/],
  [["--network", "no-such"], ["true"], 125, /network no-such not found/],
  [["--network", "container:no-such"], ["true"], 125, /No such container: no-such/i],
  [
    ["--log-driver", "nowhere"],
    ["true"],
    125,
    /no log driver named 'nowhere' is registered|plugin "nowhere" not found/,
  ],
  [["--log-opt", "colour=red"], ["true"], 125, /unknown log opt 'colour' for json-file log driver/],
  [["--gpus", "all"], ["true"], 125, /could not select device driver "" with capabilities: \[\[gpu\]\]/],
  [["--runtime", "nope"], ["true"], 125, /Unknown runtime specified nope/],
  [["--isolation", "hyperv"], ["true"], 125, /Invalid isolation: "hyperv" - linux only supports 'default'/],
  [["--storage-opt", "size=1G"], ["true"], 125, /--storage-opt is supported only for overlay over xfs/],
  [["--stop-signal", "STOPP"], ["true"], 125, /STOPP/],
  [["--restart", "always", "--rm"], ["true"], 125, /./],
  [["-v", "/a:/x", "-v", "/b:/x"], ["true"], 125, /Duplicate mount point: \/x/],
];

describeEachEngine("container options", (engine) => {
  const run = (...args: string[]): Promise<CommandResult> => engine().docker(["run", "--rm", ...args]);
  const hasOneId = (): boolean => engine().user?.name === "slipway-plain";

  beforeAll(async () => {
    if (busyboxUnavailable !== undefined) return;
    await engine().start();
    await importBusybox(engine());
  });
  afterEach(() => engine().clear());

  const holdAll = async (cases: readonly Case[]): Promise<number> => {
    let held = 0;
    for (const [options, script, says] of cases) {
      const command = options.includes("--entrypoint") ? ["-c", "true"] : ["sh", "-c", script];
      const { code, stdout, stderr } = await run(...options, image, ...command);
      const what = `${options.join(" ")} ${script}`;
      expect({ what, code, stderr, stdout }).toEqual({
        what,
        code: expect.any(Number) as number,
        stderr: "",
        stdout: typeof says === "string" ? says : (expect.stringMatching(says) as string),
      });
      held++;
    }
    return held;
  };

  it.skipIf(busyboxUnavailable !== undefined)("of the process", async () => {
    expect(await holdAll(PROCESS)).toBe(PROCESS.length);
  });
  it.skipIf(busyboxUnavailable !== undefined)("of its files", async () => {
    expect(await holdAll(FILES)).toBe(FILES.length);
  });
  it.skipIf(busyboxUnavailable !== undefined)("of names and networks", async () => {
    expect(await holdAll(NAMES)).toBe(NAMES.length);
  });
  it.skipIf(busyboxUnavailable !== undefined)("of users", async (context) => {
    if (hasOneId()) return context.skip("there is one id only");
    expect(await holdAll(USERS)).toBe(USERS.length);
  });

  it.skipIf(busyboxUnavailable !== undefined)("of a user, who is root where there is one id", async () => {
    const { stdout, stderr } = await run("-u", "ann", image, "id", "-u");
    expect([stdout, stderr.split(":", 2).join(":")]).toEqual(
      hasOneId() ? ["0\n", "WARNING: user ann is not available without subordinate ids"] : ["1000\n", ""],
    );
  });

  it.skipIf(busyboxUnavailable !== undefined)("that cannot be had", async () => {
    // A Docker Engine takes fifteen seconds to look for a plugin.
    const isQuick = ([[option]]: (typeof REFUSED)[number]): boolean =>
      engine().kind === "bundled" || option !== "--log-driver";
    for (const [options, command, code, why] of REFUSED.filter(isQuick)) {
      const result = await run(...options, image, ...command);
      expect({ options, command, code: result.code, stderr: result.stderr }).toEqual({
        options,
        command,
        code,
        stderr: expect.stringMatching(why) as string,
      });
    }
    expect((await engine().docker(["ps", "-aq"])).stdout).toBe("");
  });

  const create = (HostConfig: object): Promise<ApiReply<Made>> =>
    askApi<Made>(engine().host, "POST /containers/create", { Image: image, Cmd: ["true"], HostConfig });

  it.skipIf(busyboxUnavailable !== undefined)(
    "that name another runtime or isolation: at create",
    async () => {
      expect(await create({ Runtime: "nope" })).toEqual({
        status: 400,
        body: { message: "Unknown runtime specified nope" },
      });
      for (const Isolation of ["hyperv", "process"]) {
        expect(await create({ Isolation })).toEqual({
          status: 500,
          body: { message: `Invalid isolation: "${Isolation}" - linux only supports 'default'` },
        });
      }
      for (const usual of [
        { Runtime: "runc" },
        { Runtime: "io.containerd.runc.v2" },
        { Isolation: "default" },
        { Isolation: "DEFAULT" },
        { Runtime: "", Isolation: "" },
      ]) {
        expect(await create(usual)).toMatchObject({ status: 201, body: { Warnings: [] } });
      }
    },
  );

  it.skipIf(busyboxUnavailable !== undefined).each([
    [{ Count: -1, Capabilities: [["gpu"]] }, `"" with capabilities: [[gpu]]`],
    [
      { Driver: "zz", Count: 1, Capabilities: [["gpu", "utility"], ["tpu"]] },
      `"zz" with capabilities: [[gpu utility] [tpu]]`,
    ],
    [{}, `"" with capabilities: []`],
  ])("that ask for devices the engine is to pick: at start, %j", async (asked, said) => {
    const made = await create({ DeviceRequests: [asked] });
    expect(made).toMatchObject({ status: 201, body: { Warnings: [] } });
    const message = `could not select device driver ${said}`;
    const { Id } = made.body;
    expect(await askApi(engine().host, `POST /containers/${Id}/start`)).toEqual({
      status: 500,
      body: { message },
    });
    expect(await askApi(engine().host, `GET /containers/${Id}/json`)).toMatchObject({
      body: { State: { Status: "created", ExitCode: 128, Error: message } },
    });
  });
});
