import { describe, expect, it } from "vitest";
import { requireTmpfsOptions } from "../../../src/engine/containers/tmpfs-options.ts";

describe("options of a file system in memory", () => {
  it.each(["", "ro", "size=64m,mode=700,,exec", "mpol=bind=static:0", "nr_inodes=1k,uid=1,gid=2,defaults"])(
    "%j are known",
    (options) => expect(() => requireTmpfsOptions(options)).not.toThrow(),
  );

  it.each([
    ["size=1m,nonsense=1", 'invalid tmpfs option ["nonsense" "1"]'],
    ["nonsense=a=b", 'invalid tmpfs option ["nonsense" "a=b"]'],
    ["first,noexec,last", 'invalid tmpfs option ["last"]'],
    ["size", 'invalid tmpfs option ["size"]'],
    ["ro=1", 'invalid tmpfs option ["ro" "1"]'],
  ])("%j are refused, and the last wrong one is named", (options, message) => {
    expect(() => requireTmpfsOptions(options)).toThrow(message);
  });
});
