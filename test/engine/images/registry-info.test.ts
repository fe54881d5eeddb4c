import { expect, test } from "vitest";
import { proxyInfo, registryInfo } from "../../../src/engine/images/registry/registry-info.ts";

test("registries are told with their mirrors, and which need not be trusted", () => {
  const mirrors = ["https://mirror.example.org"];
  expect(registryInfo({ mirrors, insecure: ["registry.local:5000", "10.0.0.0/8"] })).toEqual({
    IndexConfigs: {
      "docker.io": { Name: "docker.io", Mirrors: mirrors, Secure: true, Official: true },
      "registry.local:5000": { Name: "registry.local:5000", Mirrors: [], Secure: false, Official: false },
    },
    InsecureRegistryCIDRs: ["127.0.0.0/8", "::1/128", "10.0.0.0/8"],
    Mirrors: mirrors,
  });
});

test("proxies are told without their logins", () => {
  const env = { HTTP_PROXY: "http://ann:secret@proxy:3128", https_proxy: "proxy:3129", NO_PROXY: "a,b" };
  expect(proxyInfo(env)).toEqual({
    HttpProxy: "http://xxxxx:xxxxx@proxy:3128",
    HttpsProxy: "proxy:3129",
    NoProxy: "a,b",
  });
  expect(
    proxyInfo({ HTTP_PROXY: "http://ann:s@c/ret@proxy:3128", HTTPS_PROXY: "ann:secret@proxy:3129" }),
  ).toEqual({
    HttpProxy: "http://xxxxx:xxxxx@proxy:3128",
    HttpsProxy: "xxxxx:xxxxx@proxy:3129",
    NoProxy: "",
  });
  expect(proxyInfo({})).toEqual({ HttpProxy: "", HttpsProxy: "", NoProxy: "" });
});
