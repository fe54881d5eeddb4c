import { describe, expect, it } from "vitest";
import {
  bridgeNameOption,
  checkBridgeOptions,
  familyOption,
  hostBinding,
  interfacePrefix,
  isolatesMembers,
  mtuOf,
  optionsWithoutEffect,
} from "../../../src/engine/networks/bridge-options.ts";

const bridge = (name: string): string => `com.docker.network.bridge.${name}`;

describe("options of bridge networks", () => {
  it("have Docker's defaults", () => {
    expect(mtuOf({})).toBe(0);
    expect(bridgeNameOption({})).toBeUndefined();
    expect(isolatesMembers({})).toBe(false);
    expect(interfacePrefix({})).toBe("eth");
    expect(hostBinding({})).toBeUndefined();
    expect(familyOption({}, 6)).toBeUndefined();
  });

  it("are read as Docker reads them", () => {
    expect(mtuOf({ "com.docker.network.driver.mtu": "1400" })).toBe(1400);
    expect(isolatesMembers({ [bridge("enable_icc")]: "False" })).toBe(true);
    expect(isolatesMembers({ [bridge("enable_icc")]: "1" })).toBe(false);
    expect(familyOption({ "com.docker.network.enable_ipv6": "t" }, 6)).toBe(true);
    expect(familyOption({ "com.docker.network.enable_ipv4": "0" }, 4)).toBe(false);
    expect(hostBinding({ [bridge("host_binding_ipv4")]: "127.0.0.1" })).toBe("127.0.0.1");
  });

  it.each([
    ["com.docker.network.driver.mtu", "70000"],
    ["com.docker.network.driver.mtu", "-1"],
    [bridge("name"), "a name"],
    [bridge("name"), "longer-than-an-interface"],
    [bridge("name"), "lo"],
    [bridge("name"), "br%d"],
    [bridge("name"), "../x"],
    [bridge("enable_icc"), "no"],
    [bridge("host_binding_ipv4"), "::1"],
    ["com.docker.network.container_iface_prefix", "e/h"],
    ["com.docker.network.container_iface_prefix", "fourteenletter"],
  ])("refuse %s=%s", (name, value) => {
    expect(() => checkBridgeOptions({ [name]: value })).toThrow(
      `invalid driver option ${name}: "${value}" is not`,
    );
  });

  it("name those that change nothing", () => {
    expect(
      optionsWithoutEffect({
        [bridge("enable_ip_masquerade")]: "false",
        [bridge("gateway_mode_ipv4")]: "routed",
        [bridge("gateway_mode_ipv6")]: "nat",
        [bridge("enable_icc")]: "false",
        other: "x",
      }),
    ).toEqual([bridge("enable_ip_masquerade"), bridge("gateway_mode_ipv4"), "other"]);
    expect(optionsWithoutEffect({ [bridge("enable_ip_masquerade")]: "true" })).toEqual([]);
  });
});
