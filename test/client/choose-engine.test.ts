// Which engine is tried, in which order, for every way in which a user or a tool can say so.
import { describe, expect, it } from "vitest";
import { chooseEngine, type ChoiceFacts, type EngineChoice } from "../../src/client/choose-engine.ts";
import { formatEndpoint } from "../../src/client/endpoint.ts";

function choose(facts: Partial<ChoiceFacts>): EngineChoice {
  return chooseEngine({ env: {}, platform: "linux", home: "/home/ada", contexts: [], ...facts });
}

function tried(facts: Partial<ChoiceFacts>): string[] {
  const choice = choose(facts);
  if (!choice.ok) throw new Error(choice.message);
  return choice.candidates.map(({ target }) =>
    target.kind === "bundled" ? "bundled" : formatEndpoint(target.endpoint),
  );
}

const desktop = {
  name: "desktop",
  address: "unix:///home/ada/desktop.sock",
  endpoint: { kind: "unix", path: "/home/ada/desktop.sock" },
} as const;

describe("the engine that is chosen", () => {
  it.each<[string, Partial<ChoiceFacts>, string[]]>([
    [
      "known sockets, then the bundled one",
      {},
      [
        "unix:///var/run/docker.sock",
        "unix:///home/ada/.docker/run/docker.sock",
        "unix:///home/ada/.docker/desktop/docker.sock",
        "unix:///run/podman/podman.sock",
        "unix:///home/ada/.local/share/containers/podman/machine/podman.sock",
        "bundled",
      ],
    ],
    ["--engine bundled", { requested: "bundled", env: { DOCKER_HOST: "tcp://other" } }, ["bundled"]],
    ["SLIPWAY_ENGINE", { env: { SLIPWAY_ENGINE: "bundled" } }, ["bundled"]],
    [
      "--engine before SLIPWAY_ENGINE",
      { requested: "unix:///a", env: { SLIPWAY_ENGINE: "bundled" } },
      ["unix:///a"],
    ],
    ["an address", { requested: "tcp://10.0.0.1" }, ["tcp://10.0.0.1:2375"]],
    ["a path", { requested: "/tmp/x.sock" }, ["unix:///tmp/x.sock"]],
    [
      "DOCKER_HOST alone, without another to fall back to",
      { env: { DOCKER_HOST: "unix:///d" } },
      ["unix:///d"],
    ],
    ["DOCKER_HOST without a scheme", { env: { DOCKER_HOST: "build:2375" } }, ["tcp://build:2375"]],
    [
      "DOCKER_HOST also for --engine docker",
      { requested: "docker", env: { DOCKER_HOST: "unix:///d" } },
      ["unix:///d"],
    ],
    [
      "DOCKER_CONTEXT",
      { env: { DOCKER_CONTEXT: "desktop" }, contexts: [desktop] },
      ["unix:///home/ada/desktop.sock"],
    ],
    [
      "DOCKER_HOST before DOCKER_CONTEXT",
      { env: { DOCKER_HOST: "unix:///d", DOCKER_CONTEXT: "desktop" }, contexts: [desktop] },
      ["unix:///d"],
    ],
    [
      "--engine podman",
      { requested: "podman", env: { XDG_RUNTIME_DIR: "/run/user/7" } },
      [
        "unix:///run/user/7/podman/podman.sock",
        "unix:///run/podman/podman.sock",
        "unix:///home/ada/.local/share/containers/podman/machine/podman.sock",
      ],
    ],
    [
      "Docker's pipe on Windows",
      { requested: "docker", platform: "win32" },
      ["npipe:////./pipe/docker_engine"],
    ],
  ])("%s", (_what, facts, expected) => {
    expect(tried(facts)).toEqual(expected);
  });

  it("is the current docker context first, and says so when that does not answer", () => {
    const choice = choose({ currentContext: "desktop", contexts: [desktop] });
    expect(choice.ok && choice.candidates[0]).toEqual({
      target: { kind: "endpoint", endpoint: desktop.endpoint },
      origin: 'docker context "desktop"',
      mention: true,
    });
  });

  it("ignores the current context for DOCKER_CONTEXT=default", () => {
    const facts = { currentContext: "desktop", contexts: [desktop], env: { DOCKER_CONTEXT: "default" } };
    expect(tried(facts)[0]).toBe("unix:///var/run/docker.sock");
  });

  it("uses the certificates with DOCKER_TLS_VERIFY", () => {
    const dockerTls = { ca: "CA", verify: true };
    const choice = choose({ env: { DOCKER_HOST: "tcp://h:2376", DOCKER_TLS_VERIFY: "1" }, dockerTls });
    expect(choice.ok && choice.candidates[0]?.target).toEqual({
      kind: "endpoint",
      endpoint: { kind: "tcp", host: "h", port: 2376, tls: dockerTls },
    });
  });

  it.each<[string, Partial<ChoiceFacts>, string]>([
    ["an address that is none", { requested: "docker.sock" }, 'invalid engine "docker.sock"'],
    [
      "a context that is not there",
      { env: { DOCKER_CONTEXT: "x" } },
      'DOCKER_CONTEXT=x: docker context "x" not found',
    ],
    [
      "a DOCKER_HOST that is none",
      { env: { DOCKER_HOST: "ftp://h" } },
      "DOCKER_HOST=ftp://h: not an address of an engine",
    ],
  ])("refuses %s", (_what, facts, message) => {
    const choice = choose(facts);
    expect(choice).toMatchObject({ ok: false, message });
  });
});
