import { describe, expect, test } from "vitest";
import {
  familiarName,
  idPrefix,
  parseReference,
  taggedName,
  withTag,
} from "../../../src/engine/images/reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("parseReference", () => {
  test.each([
    ["redis", "docker.io/library/redis:latest"],
    ["redis:7", "docker.io/library/redis:7"],
    ["slipway/host", "docker.io/slipway/host:latest"],
    ["docker.io/redis", "docker.io/library/redis:latest"],
    ["index.docker.io/library/redis:7", "docker.io/library/redis:7"],
    ["localhost/x", "localhost/x:latest"],
    ["localhost:5000/x", "localhost:5000/x:latest"],
    ["ghcr.io/a/b/c:1.0-rc.1", "ghcr.io/a/b/c:1.0-rc.1"],
    ["my__app/a-b--c.d", "docker.io/my__app/a-b--c.d:latest"],
    ["[::1]:5000/x:y", "[::1]:5000/x:y"],
  ])("%s is %s", (text, name) => {
    expect(taggedName(parseReference(text))).toBe(name);
  });

  test("a digest stands beside a tag", () => {
    expect(parseReference(`a/b:1@${digest}`)).toEqual({ name: "docker.io/a/b", tag: "1", digest });
  });

  test.each([
    "",
    ":x",
    "a:",
    "a//b",
    "-a",
    "a:b:c",
    "a@sha256:1",
    "a b",
    "a/",
    "x:-1",
    `${"a"}:${"t".repeat(129)}`,
  ])("%j is refused", (text) => {
    expect(() => parseReference(text)).toThrow("invalid reference format");
  });

  test("paths have an end", () => {
    expect(taggedName(parseReference(`a/${"x".repeat(253)}`))).toHaveLength("docker.io/:latest".length + 255);
    expect(() => parseReference(`a/${"x".repeat(254)}`)).toThrow(
      "repository name must not be more than 255 characters",
    );
  });

  test("capitals are refused with the reason", () => {
    expect(() => parseReference("Redis")).toThrow("repository name (Redis) must be lowercase");
  });
});

test.each([
  ["docker.io/library/redis:7", "redis:7"],
  ["docker.io/slipway/host:latest", "slipway/host:latest"],
  ["ghcr.io/library/x:1", "ghcr.io/library/x:1"],
])("%s is written %s", (name, familiar) => {
  expect(familiarName(name)).toBe(familiar);
});

test.each([
  ["x", "2", "x:2"],
  ["x:1", "2", "x:2"],
  ["x:1", "", "x:1"],
  ["localhost:5000/x", "2", "localhost:5000/x:2"],
  ["localhost:5000/x:1", "2", "localhost:5000/x:2"],
  [`x@${digest}`, "2", `x@${digest}`],
])("%s with the tag %j is %s", (name, tag, expected) => {
  expect(withTag(name, tag)).toBe(expected);
});

test("what is no tag is refused as one", () => {
  expect(() => withTag("x", "-y")).toThrow("invalid tag format");
});

test("beginnings of ids are hexadecimal digits, with or without their algorithm", () => {
  expect(idPrefix("sha256:ab12")).toBe("ab12");
  expect(idPrefix("ab12")).toBe("ab12");
  expect(idPrefix("redis")).toBeUndefined();
  expect(idPrefix("sha256:")).toBeUndefined();
});
