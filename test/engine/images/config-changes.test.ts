import { expect, test } from "vitest";
import { applyChanges } from "../../../src/engine/images/config-changes.ts";

test("each instruction changes its part of the configuration", () => {
  expect(
    applyChanges([
      'CMD ["node", "a b.js"]',
      "ENTRYPOINT exec /init",
      "ENV A=1 B=\"two words\" C='$x'",
      "ENV OLD style of it",
      "env A=2",
      "EXPOSE 80 53/udp 8000-8002",
      'LABEL a=b "c d"=e\\ f',
      "USER 1000:1000",
      'VOLUME ["/data"]',
      "VOLUME /a /b",
      "WORKDIR /srv\nWORKDIR app",
      "STOPSIGNAL SIGQUIT",
      "HEALTHCHECK --interval=1m30s --timeout=500ms --start-period=1h --start-interval=1.5s --retries=3 CMD curl -f /  || exit 1",
      "ONBUILD RUN a  b",
      "onbuild copy . .",
      "# a comment",
    ]),
  ).toEqual({
    Cmd: ["node", "a b.js"],
    Entrypoint: ["/bin/sh", "-c", "exec /init"],
    Env: ["B=two words", "C=$x", "OLD=style of it", "A=2"],
    ExposedPorts: { "80/tcp": {}, "53/udp": {}, "8000/tcp": {}, "8001/tcp": {}, "8002/tcp": {} },
    Healthcheck: {
      Test: ["CMD-SHELL", "curl -f /  || exit 1"],
      Interval: 90e9,
      Timeout: 500e6,
      StartPeriod: 3600e9,
      StartInterval: 1.5e9,
      Retries: 3,
    },
    OnBuild: ["RUN a  b", "copy . ."],
    Labels: { a: "b", "c d": "e f" },
    User: "1000:1000",
    Volumes: { "/data": {}, "/a": {}, "/b": {} },
    WorkingDir: "/srv/app",
    StopSignal: "SIGQUIT",
  });
});

test("a command that begins with a bracket is a command", () => {
  expect(applyChanges(["CMD [ -f /x ] && run"]).Cmd).toEqual(["/bin/sh", "-c", "[ -f /x ] && run"]);
});

test.each([
  ["CMD /bin/true", ["CMD-SHELL", "/bin/true"]],
  ['cmd ["a", "b c"]', ["CMD", "a", "b c"]],
  ["NONE", ["NONE"]],
])("HEALTHCHECK %s", (argument, expected) => {
  expect(applyChanges([`HEALTHCHECK ${argument}`]).Healthcheck).toEqual({ Test: expected });
});

test("variables of the image stand for their values, but not in single quotes, nor behind a backslash", () => {
  const lines = [
    "ENV B=$A C=${A}2 D=${Z:-other} E=${A:+instead} F=\\$A G=\"$A\" H='$A' I=${Z} J=$A$A K=${A:-other} L=${Z:+instead}",
    "ENV M $A \\$A",
    "LABEL l=$A",
    "USER $A",
    "WORKDIR /$A",
    "VOLUME /$A",
    "EXPOSE 8$A",
    "CMD echo $A",
  ];
  expect(applyChanges(lines, { Env: ["A=1"] })).toEqual({
    Env: [
      "A=1",
      "B=1",
      "C=12",
      "D=other",
      "E=instead",
      "F=$A",
      "G=1",
      "H=$A",
      "I=",
      "J=11",
      "K=1",
      "L=",
      "M=1 $A",
    ],
    Labels: { l: "1" },
    User: "1",
    WorkingDir: "/1",
    Volumes: { "/1": {} },
    ExposedPorts: { "81/tcp": {} },
    Cmd: ["/bin/sh", "-c", "echo $A"],
  });
});

test("an entrypoint takes the command away that was there before, not one that the same lines give", () => {
  const base = { Cmd: ["x"], Entrypoint: ["y"] };
  expect(applyChanges(['ENTRYPOINT ["z"]'], base)).toEqual({ Entrypoint: ["z"] });
  const both = { Cmd: ["a"], Entrypoint: ["z"] };
  expect(applyChanges(['ENTRYPOINT ["z"]', 'cmd ["a"]'], base)).toEqual(both);
  expect(applyChanges(['CMD ["a"]', 'entrypoint ["z"]'], base)).toEqual(both);
});

test("what is relative begins at the root, and a command may be taken away", () => {
  expect(applyChanges(["WORKDIR a", "WORKDIR b", "CMD", "ENTRYPOINT []"], { Cmd: ["x"] })).toEqual({
    WorkingDir: "/a/b",
    Cmd: [],
    Entrypoint: [],
  });
});

test.each([
  ["RUN ls", "run is not a valid change command"],
  ["nonsense", "nonsense is not a valid change command"],
  ["ENV =x", "ENV names can not be blank"],
  ["ENV a=b c", 'Syntax error - can\'t find = in "c". Must be of the form: name=value'],
  ["ENV A", "ENV must have two arguments"],
  ["LABEL", "LABEL requires at least one argument"],
  ["ENV A='x", "a quote is not closed"],
  ["EXPOSE http", "Invalid containerPort: http"],
  ["EXPOSE 9-8", "Invalid containerPort: 9-8"],
  ["EXPOSE 1-70000", "Invalid containerPort: 1-70000"],
  ["EXPOSE", "EXPOSE requires at least one argument"],
  ["USER", "USER requires exactly one argument"],
  ["WORKDIR", "WORKDIR requires exactly one argument"],
  ["VOLUME", "VOLUME requires at least one argument"],
  ['VOLUME [""]', "VOLUME specified can not be an empty string"],
  ["HEALTHCHECK", "HEALTHCHECK requires at least one argument"],
  ["HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"],
  ["HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments"],
  ["HEALTHCHECK true", 'Unknown type "TRUE" in HEALTHCHECK (try CMD)'],
  ["HEALTHCHECK --foo=1 CMD x", "Unknown flag: foo"],
  ["HEALTHCHECK --interval=1ns CMD x", 'Interval "interval" cannot be less than 1ms'],
  ["HEALTHCHECK --timeout=soon CMD x", 'time: invalid duration "soon"'],
  ["HEALTHCHECK --retries=0 CMD x", "--retries must be at least 1 (not 0)"],
  ["STOPSIGNAL", "STOPSIGNAL requires exactly one argument"],
  ["STOPSIGNAL NOPE", "Invalid signal: NOPE"],
  ["ONBUILD", "ONBUILD requires at least one argument"],
  ["ONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"],
  ["ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger"],
])("%s is refused", (line, message) => {
  expect(() => applyChanges([line])).toThrow(message);
});
