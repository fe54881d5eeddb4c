import { describe, expect, it } from "vitest";
import {
  commandLine,
  committedConfig,
  mergeImageConfig,
} from "../../../src/engine/containers/image-merge.ts";

const IMAGE = {
  Entrypoint: ["/entry"],
  Cmd: ["serve"],
  Env: ["PATH=/image", "LANG=C"],
  User: "www",
  WorkingDir: "/srv",
  Labels: { a: "image", b: "image" },
  ExposedPorts: { "80/tcp": {} },
  Volumes: { "/data": {} },
  StopSignal: "SIGQUIT",
  Healthcheck: { Test: ["CMD", "true"], Interval: 5e9, Retries: 2 },
};

describe("the image's configuration below the request's", () => {
  it("fills what the request leaves open", () => {
    expect(mergeImageConfig({ Image: "x" }, IMAGE)).toMatchObject({ ...IMAGE, Image: "x", Tty: false });
  });

  it("unites environment, labels, ports and volumes, the request first", () => {
    const merged = mergeImageConfig(
      {
        Image: "x",
        Env: ["LANG=de", "EMPTY"],
        Labels: { b: "own" },
        ExposedPorts: { "90": {}, "80/TCP": {} },
        Volumes: { "/more": {} },
      },
      IMAGE,
    );
    expect(merged.Env).toEqual(["LANG=de", "EMPTY", "PATH=/image"]);
    expect(merged.Labels).toEqual({ a: "image", b: "own" });
    expect(Object.keys(merged.ExposedPorts ?? {})).toEqual(["80/tcp", "90/tcp"]);
    expect(Object.keys(merged.Volumes ?? {})).toEqual(["/data", "/more"]);
  });

  it.each([
    [{ Cmd: ["x"] }, ["/entry", "x"]],
    [{ Entrypoint: ["/own"] }, ["/own"]],
    [{ Entrypoint: ["/own"], Cmd: ["x"] }, ["/own", "x"]],
    [{ Entrypoint: [""], Cmd: ["x"] }, ["x"]],
    [{ Entrypoint: [], Cmd: null }, ["/entry", "serve"]],
  ])("%o runs %o", (body, words) => {
    expect(commandLine(mergeImageConfig({ Image: "x", ...body }, IMAGE))).toEqual(words);
  });

  it("refuses a container without a command", () => {
    expect(() => mergeImageConfig({ Image: "x" }, {})).toThrow("no command specified");
    expect(() => mergeImageConfig({ Image: "x", Entrypoint: [""] }, IMAGE)).toThrow("no command specified");
  });

  it("merges the healthcheck field by field", () => {
    const merged = mergeImageConfig({ Image: "x", Healthcheck: { Retries: 9, Timeout: 1e9 } }, IMAGE);
    expect(merged.Healthcheck).toEqual({ Test: ["CMD", "true"], Interval: 5e9, Retries: 9, Timeout: 1e9 });
    const off = mergeImageConfig({ Image: "x", Healthcheck: { Test: ["NONE"] } }, IMAGE);
    expect(off.Healthcheck?.Test).toEqual(["NONE"]);
  });

  it("keeps the working directory absolute", () => {
    expect(mergeImageConfig({ Image: "x", WorkingDir: "/a/../b/" }, IMAGE).WorkingDir).toBe("/b");
    expect(() => mergeImageConfig({ Image: "x", WorkingDir: "b" }, IMAGE)).toThrow(
      "the working directory 'b' is invalid, it needs to be an absolute path",
    );
  });
});

describe("the configuration of an image that is made of a container", () => {
  it("has what the container has under what is asked for", () => {
    const container = { ...IMAGE, NetworkDisabled: true };
    const asked = {
      Env: ["LANG=de"],
      Labels: { b: "own" },
      Cmd: ["x"],
      StopSignal: "TERM",
      OnBuild: ["RUN y"],
    };
    expect(committedConfig(asked, container)).toMatchObject({
      ...container,
      Env: ["LANG=de", "PATH=/image"],
      Labels: { a: "image", b: "own" },
      Cmd: ["x"],
      StopSignal: "TERM",
      OnBuild: ["RUN y"],
    });
  });

  it("is the container's where fields say nothing", () => {
    const empty = { Cmd: [], Env: [], User: "", Labels: {}, Tty: false, Healthcheck: {} };
    expect(committedConfig(empty, IMAGE)).toMatchObject(IMAGE);
  });
});
