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
    ]),
  ).toEqual({
    Cmd: ["node", "a b.js"],
    Entrypoint: ["/bin/sh", "-c", "exec /init"],
    Env: ["B=two words", "C=$x", "OLD=style of it", "A=2"],
    ExposedPorts: { "80/tcp": {}, "53/udp": {}, "8000-8002/tcp": {} },
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
  ["RUN ls", "RUN is not a valid change command"],
  ["nonsense", "NONSENSE is not a valid change command"],
  ["ENV =x", "ENV: expected name=value, found =x"],
  ["ENV A='x", "ENV: a quote is not closed"],
  ["EXPOSE http", "EXPOSE: invalid port http"],
])("%s is refused", (line, message) => {
  expect(() => applyChanges([line])).toThrow(message);
});
