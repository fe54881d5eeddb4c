import { describe, expect, it } from "vitest";
import { requirePropagation } from "../../../src/engine/containers/propagation.ts";

const MOUNTINFO = `22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
23 22 8:1 / /shared rw shared:5 - ext4 /dev/sda1 rw
24 22 8:1 / /shared\\040too rw shared:6 - ext4 /dev/sda1 rw
25 22 8:1 / /slave rw master:5 - ext4 /dev/sda1 rw
26 23 8:1 / /shared/private rw - ext4 /dev/sda1 rw
27 23 8:1 / /shared/over rw - ext4 /dev/sda1 rw
28 23 8:1 / /shared/over rw shared:9 - ext4 /dev/sda1 rw
`;

describe("the propagation of a bind", () => {
  it.each([
    ["/shared", "rshared"],
    ["/shared/folder", "shared"],
    ["/shared too/folder", "rshared"],
    ["/shared/over/folder", "rshared"],
    ["/shared/folder", "rslave"],
    ["/slave/folder", "slave"],
    ["/folder", "rprivate"],
    ["/folder", "private"],
  ])("of %s may be %s", (source, propagation) => {
    expect(() => requirePropagation(source, propagation, MOUNTINFO)).not.toThrow();
  });

  it.each([
    ["/folder", "rshared", "path /folder is mounted on / but it is not a shared mount"],
    ["/slave/x", "shared", "path /slave/x is mounted on /slave but it is not a shared mount"],
    ["/sharedness", "shared", "path /sharedness is mounted on / but it is not a shared mount"],
    [
      "/shared/private",
      "rslave",
      "path /shared/private is mounted on /shared/private but it is not a shared or slave mount",
    ],
  ])("of %s may not be %s", (source, propagation, message) => {
    expect(() => requirePropagation(source, propagation, MOUNTINFO)).toThrow(message);
  });
});
