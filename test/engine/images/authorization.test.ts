// What registries demand, as they write it; what clients say of themselves, as they send it; platforms, as people write them.
import { describe, expect, test } from "vitest";
import { parseChallenges } from "../../../src/engine/images/registry/authorization.ts";
import { basicAuthorization, parseCredentials } from "../../../src/engine/images/registry/credentials.ts";
import { choosePlatform, parsePlatform } from "../../../src/engine/images/registry/platform.ts";

function header(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function entry(architecture: string, variant?: string): { digest: string; platform: object } {
  const platform = { os: "linux", architecture, ...(variant === undefined ? {} : { variant }) };
  return { digest: `${architecture}${variant ?? ""}`, platform };
}

test("challenges are told apart, with their parameters", () => {
  const demand =
    'Bearer realm="https://a.example/token?x=1,2",service="reg \\"one\\"",scope=pull, Basic realm="b"';
  expect(parseChallenges(demand)).toEqual([
    {
      scheme: "bearer",
      parameters: new Map([
        ["realm", "https://a.example/token?x=1,2"],
        ["service", 'reg "one"'],
        ["scope", "pull"],
      ]),
    },
    { scheme: "basic", parameters: new Map([["realm", "b"]]) },
  ]);
  expect(parseChallenges(undefined)).toEqual([]);
});

test("logins are read in each form that clients send", () => {
  expect(basicAuthorization(parseCredentials(header({ username: "a", password: "b:c" })))).toBe(
    "Basic YTpiOmM=",
  );
  const older = { auth: Buffer.from("a:b:c").toString("base64") };
  expect(parseCredentials(header(older))).toMatchObject({ username: "a", password: "b:c" });
  for (const nothing of [undefined, "", "e30=", "not base64 of JSON", header(null), header("text")]) {
    expect(basicAuthorization(parseCredentials(nothing))).toBeUndefined();
  }
});

describe("platforms", () => {
  test.each([
    ["linux", { os: "linux", architecture: "amd64" }],
    ["linux/x86_64", { os: "linux", architecture: "amd64" }],
    ["arm64", { os: "linux", architecture: "arm64" }],
    ["linux/arm/v7", { os: "linux", architecture: "arm", variant: "v7" }],
    [
      '{"os":"linux","architecture":"arm64","variant":"v8"}',
      { os: "linux", architecture: "arm64", variant: "v8" },
    ],
  ])("%s", (text, platform) => {
    expect(parsePlatform(text, "amd64")).toEqual(platform);
  });

  test("what is none is refused", () => {
    expect(() => parsePlatform("linux/a b", "amd64")).toThrow("is an invalid platform");
    expect(() => parsePlatform("{", "amd64")).toThrow("not JSON");
  });

  test("of several variants the one asked for is chosen, else the base, else the newest", () => {
    const all = [
      entry("arm", "v6"),
      entry("arm", "v7"),
      entry("arm64", "v8"),
      entry("amd64", "v3"),
      entry("amd64"),
    ];
    const chosen = (text: string): string | undefined =>
      choosePlatform(all, parsePlatform(text, "amd64"))?.digest;
    expect(["linux", "linux/arm", "linux/arm/v6", "linux/arm64", "linux/arm64/v8"].map(chosen)).toEqual([
      "amd64",
      "armv7",
      "armv6",
      "arm64v8",
      "arm64v8",
    ]);
    expect(chosen("linux/s390x")).toBeUndefined();
    expect(chosen("linux/arm/v5")).toBeUndefined();
  });
});
