// What things look like: diagnostics, tables, prefixes, progress, containers, failures.
import { describe, expect, it } from "vitest";
import { usesColor } from "../../src/cli/render/color.ts";
import { formatAge, formatPorts, psRecord, psRow } from "../../src/cli/render/container-row.ts";
import { formatDiagnostics, jsonDiagnostics } from "../../src/cli/render/diagnostic.ts";
import { formatEngineStatus } from "../../src/cli/render/engine-status.ts";
import { formatFailures } from "../../src/cli/render/failure.ts";
import { LiveRegion } from "../../src/cli/render/live-region.ts";
import { LogPrefixes, shortContainerName } from "../../src/cli/render/log-prefix.ts";
import { formatTable } from "../../src/cli/render/table.ts";
import { clipText, textWidth } from "../../src/cli/render/text-width.ts";
import type { Diagnostic } from "../../src/diagnostics/index.ts";

const plain = (_style: string, text: string): string => text;
const marked = (style: string, text: string): string => `<${style}>${text}</>`;

describe("a diagnostic", () => {
  const sources = new Map([["compose.yaml", "services:\n  web:\n    depend_on: [db]\n"]]);
  const diagnostic: Diagnostic = {
    severity: "error",
    code: "unknown-key",
    message: 'unknown key "depend_on"',
    span: { file: "compose.yaml", line: 3, column: 5, endLine: 3, endColumn: 14 },
    hint: "did you mean `depends_on`?",
  };

  it("has colours where the terminal has them", () => {
    expect(formatDiagnostics([diagnostic], { sources, paint: marked })).toBe(
      `<bold>compose.yaml:3:5</>: <red>error:</> unknown key "depend_on" [unknown-key]
  <dim>2 |</>   web:
  <dim>3 |</>     depend_on: [db]
  <dim>  |</>     <red>^^^^^^^^^</>
  <cyan>hint:</> did you mean \`depends_on\`?
`,
    );
  });

  it("is a line of JSON for editors", () => {
    expect(JSON.parse(jsonDiagnostics([diagnostic]))).toEqual(diagnostic);
    expect(jsonDiagnostics([])).toBe("");
  });
});

describe("text", () => {
  it("has a width on a terminal", () => {
    expect(["abc", "日本", "e\u0301", "✔", "🚀"].map(textWidth)).toEqual([3, 4, 1, 1, 2]);
    expect(clipText("abcdef", 4)).toBe("abc…");
    expect(clipText("日本語", 4)).toBe("日…");
  });

  it("stands in columns three spaces apart, the last one without padding", () => {
    expect(
      formatTable(
        ["A", "LONG"],
        [
          ["日本", "x"],
          ["b", ""],
        ],
      ),
    ).toBe("A      LONG\n日本   x\nb      \n");
  });
});

describe("a log's prefixes", () => {
  it("leave the project's name out, and keep another's", () => {
    expect(shortContainerName("demo-web-1", "demo")).toBe("web-1");
    expect(shortContainerName("custom", "demo")).toBe("custom");
  });

  it("are as wide as the longest name so far", () => {
    const prefixes = new LogPrefixes({ prefix: true, color: false });
    prefixes.add("db-1");
    expect(prefixes.of("db-1")).toBe("db-1  | ");
    prefixes.add("worker-10");
    expect(prefixes.of("db-1")).toBe("db-1       | ");
  });

  it("cycle through five colours, then the same in bold", () => {
    const prefixes = new LogPrefixes({ prefix: true, color: true });
    const colors = Array.from({ length: 6 }, (_, index) => /\[([\d;]+)m/.exec(prefixes.of(`c${index}`))?.[1]);
    expect(colors).toEqual(["36", "33", "32", "35", "34", "36;1"]);
  });

  it("can be left out", () => {
    expect(new LogPrefixes({ prefix: false, color: true }).of("x")).toBe("");
  });
});

it.each([
  ["auto", {}, true, true],
  ["auto", {}, false, false],
  ["auto", { NO_COLOR: "1" }, true, false],
  ["auto", { TERM: "dumb" }, true, false],
  ["always", { NO_COLOR: "1" }, false, true],
  ["never", {}, true, false],
] as const)("colours: %s %j terminal %s", (mode, env, terminal, expected) => {
  expect(usesColor(mode, env, terminal)).toBe(expected);
});

describe("a container", () => {
  const container = {
    id: "0123456789abcdef",
    name: "demo-web-1",
    service: "web",
    number: 1,
    oneOff: false,
    state: "running",
    item: {
      Id: "0123456789abcdef",
      Names: ["/demo-web-1"],
      Image: "nginx",
      ImageID: "sha256:1",
      Command: "nginx -g 'daemon off;' and more",
      Created: 1_000,
      Labels: { "com.docker.compose.project": "demo" },
      State: "running",
      Status: "Up 5 minutes (healthy)",
      Ports: [
        { PrivatePort: 443, Type: "tcp" },
        { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
        { IP: "::", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
      ],
      Mounts: [{ Type: "volume", Name: "demo_data-with-a-long-name", Destination: "/d" }],
      NetworkSettings: { Networks: { demo_default: { NetworkID: "n" } } },
    },
  };
  const view = { truncate: true, now: 1_300_000 };

  it("is a row", () => {
    expect(psRow(container, view)).toEqual([
      "demo-web-1",
      "nginx",
      `"nginx -g 'daemon of…"`,
      "web",
      "5 minutes ago",
      "Up 5 minutes (healthy)",
      "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 443/tcp",
    ]);
  });

  it("is an object with docker compose's keys in alphabetical order", () => {
    const record = psRecord(container, view);
    expect(Object.keys(record)).toEqual(Object.keys(record).toSorted());
    expect(record).toMatchObject({
      ExitCode: 0,
      Health: "healthy",
      ID: "0123456789ab",
      LocalVolumes: "1",
      Mounts: "demo_data-with…",
      Networks: "demo_default",
      Publishers: [
        { URL: "0.0.0.0", TargetPort: 80, PublishedPort: 8080, Protocol: "tcp" },
        { URL: "::", TargetPort: 80, PublishedPort: 8080, Protocol: "tcp" },
        { URL: "", TargetPort: 443, PublishedPort: 0, Protocol: "tcp" },
      ],
    });
    const exited = {
      ...container,
      item: { ...container.item, State: "exited", Status: "Exited (3) 2 hours ago" },
    };
    expect(psRecord(exited, view)).toMatchObject({ ExitCode: 3, Health: "" });
  });

  it("without ports has none", () => {
    expect(formatPorts([])).toBe("");
  });
});

it.each([
  [0.5, "Less than a second"],
  [1, "1 second"],
  [59, "59 seconds"],
  [60, "About a minute"],
  [3599, "59 minutes"],
  [3600, "About an hour"],
  [7200, "2 hours"],
  [86_400 * 3, "3 days"],
  [86_400 * 20, "2 weeks"],
  [86_400 * 90, "3 months"],
  [86_400 * 800, "2 years"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatAge(seconds)).toBe(text);
});

it("a failure names the service, the reason, the health check's and the container's last words", () => {
  const failure = {
    step: "wait web",
    code: "unhealthy",
    message: "container demo-web-1 is unhealthy",
    resource: "Container demo-web-1",
    service: "web",
    healthOutput: "refused",
    logTail: ["one", "two"],
  };
  expect(formatFailures([failure], plain)).toBe(
    `error: service "web" (container demo-web-1): container demo-web-1 is unhealthy
  last health check:
  | refused
  last lines of its log:
  | one
  | two
`,
  );
});

it("an engine's status names what is refused, why, what that means and what helps", () => {
  const text = formatEngineStatus({
    pid: 7,
    socket: "/s",
    root: "/r",
    mode: "rootless",
    version: "1",
    egress: {
      wish: "auto",
      way: "slirp4netns",
      refused: [{ way: "pasta", reason: "not installed (Debian: passt)" }],
    },
    features: [
      { name: "bridges", available: true },
      {
        name: "memory limits",
        available: false,
        reason: "no cgroup",
        consequence: "not enforced",
        remedy: "delegate",
      },
    ],
    damaged: ["/r/networks/a.json.quarantined"],
  });
  expect(text).toContain("egress:  slirp4netns; not pasta: not installed (Debian: passt)\n");
  expect(text).toContain("bridges         yes\nmemory limits   no (no cgroup)\n");
  expect(text).toContain("memory limits:\n  consequence: not enforced\n  remedy: delegate\n");
  expect(text).toContain("damaged state files:\n  /r/networks/a.json.quarantined\n");
});

function region(): { drawn: string[]; region: LiveRegion } {
  const drawn: string[] = [];
  return { drawn, region: new LiveRegion({ write: (text) => drawn.push(text), rows: 10, columns: 40 }) };
}

describe("a live region", () => {
  it("writes only the lines that changed, and nothing when none did", () => {
    const { drawn, region: live } = region();
    live.update(["a", "b"]);
    live.update(["a", "c"]);
    live.update(["a", "c"]);
    expect(drawn).toHaveLength(2);
    expect(drawn[1]).toBe("\u001b[?2026h\u001b[2A\r\n\u001b[2Kc\n\u001b[?2026l");
  });

  it("goes away for other output, and comes back below it", () => {
    const { drawn, region: live } = region();
    live.update(["a"]);
    live.clear();
    live.update(["a"]);
    expect(drawn[1]).toBe("\u001b[1A\r\u001b[J");
    expect(drawn[2]).toBe(drawn[0]);
  });
});
