import { describe, expect, test } from "vitest";
import {
  anchorArguments,
  chooseWaysOut,
  parseUplinkReport,
  type EgressWish,
  type WayOutFacts,
} from "../../../src/engine/native/ways-out.ts";

const root: WayOutFacts = { rootless: false, programs: {}, noTun: undefined };
const both = { pasta: "/usr/bin/pasta", slirp4netns: "/usr/bin/slirp4netns" };
const user: WayOutFacts = { rootless: true, programs: both, noTun: undefined };
const nothing: WayOutFacts = { rootless: true, programs: {}, noTun: undefined };
const noTun: WayOutFacts = { ...user, noTun: "/dev/net/tun: permission denied" };

describe("the choice of ways out", () => {
  test.each<[string, EgressWish, WayOutFacts, string[], string[]]>([
    ["root", "auto", root, ["nat"], []],
    ["root that wants it", "nat", root, ["nat"], []],
    ["root that does not", "proxy", root, [], []],
    ["a user", "auto", user, ["pasta", "slirp4netns"], []],
    ["a user with one wish", "slirp4netns", user, ["slirp4netns"], []],
    ["a user without tun", "auto", noTun, [], ["pasta", "slirp4netns"]],
    [
      "a user with one program",
      "auto",
      { ...user, programs: { slirp4netns: "/s" } },
      ["slirp4netns"],
      ["pasta"],
    ],
    ["a user who wants neither", "proxy", noTun, [], []],
  ])("%s", (_name, wish, facts, offered, refused) => {
    const chosen = chooseWaysOut(wish, facts);
    expect(chosen.offered.map(({ way }) => way)).toEqual(offered);
    expect(chosen.refused.map(({ way }) => way)).toEqual(refused);
  });

  test("says what is missing", () => {
    expect(chooseWaysOut("auto", nothing).refused).toEqual([
      { way: "pasta", reason: "not installed (Debian: passt)" },
      { way: "slirp4netns", reason: "not installed (Debian: slirp4netns)" },
    ]);
  });

  test.each<[EgressWish, WayOutFacts, string]>([
    ["nat", user, "SLIPWAY_EGRESS=nat is impossible here: it takes an engine of root"],
    ["pasta", root, "SLIPWAY_EGRESS=pasta is impossible here: it is for engines of ordinary users"],
    ["pasta", nothing, "SLIPWAY_EGRESS=pasta is impossible here: not installed (Debian: passt)"],
    ["slirp4netns", noTun, "SLIPWAY_EGRESS=slirp4netns is impossible here: /dev/net/tun: permission denied"],
  ])("%s cannot always be had", (wish, facts, message) => {
    expect(() => chooseWaysOut(wish, facts)).toThrow(message);
  });

  test("is what the anchor is told", () => {
    expect(anchorArguments("/r", chooseWaysOut("auto", user))).toEqual(
      "--report /r/run/uplink --wish auto --way pasta=/usr/bin/pasta --way slirp4netns=/usr/bin/slirp4netns".split(
        " ",
      ),
    );
    expect(anchorArguments("/r", chooseWaysOut("proxy", root))).toEqual([]);
  });
});

test("the report of the process that keeps the uplink", () => {
  expect(parseUplinkReport("wish auto\nway proxy\nrefused nat a firewall refuses it\n\n\n")).toEqual({
    wish: "auto",
    way: "proxy",
    refused: [{ way: "nat", reason: "a firewall refuses it" }],
  });
  expect(parseUplinkReport("")).toEqual({ wish: "", way: "proxy", refused: [] });
});
