import { describe, expect, it } from "vitest";
import { headlines, serviceWith } from "../load-yaml.ts";

const ports = (list: string) => serviceWith(`    ports: ${list}`).ports;

describe("ports", () => {
  it.each([
    ["[80]", [{ mode: "ingress", target: 80, protocol: "tcp" }]],
    ['["8080:80"]', [{ mode: "ingress", target: 80, published: "8080", protocol: "tcp" }]],
    [
      '["127.0.0.1:8080:80/udp"]',
      [{ mode: "ingress", host_ip: "127.0.0.1", target: 80, published: "8080", protocol: "udp" }],
    ],
    [
      '["[::1]:53:53/UDP"]',
      [{ mode: "ingress", host_ip: "::1", target: 53, published: "53", protocol: "udp" }],
    ],
    ['["127.0.0.1::80"]', [{ mode: "ingress", host_ip: "127.0.0.1", target: 80, protocol: "tcp" }]],
    ['["80/"]', [{ mode: "ingress", target: 80, protocol: "tcp" }]],
    ['["8000-9000:80"]', [{ mode: "ingress", target: 80, published: "8000-9000", protocol: "tcp" }]],
    [
      '["9000-9001:80-81"]',
      [
        { mode: "ingress", target: 80, published: "9000", protocol: "tcp" },
        { mode: "ingress", target: 81, published: "9001", protocol: "tcp" },
      ],
    ],
    [
      "[{target: 80, published: 8080, name: web, app_protocol: http}]",
      [
        {
          target: 80,
          published: "8080",
          name: "web",
          app_protocol: "http",
          mode: "ingress",
          protocol: "tcp",
        },
      ],
    ],
  ])("%s", (yaml, expected) => {
    expect(ports(yaml)).toEqual(expected);
  });

  it("are the same in short and long form", () => {
    expect(ports('["127.0.0.1:8080:80/udp"]')).toEqual(
      ports("[{mode: ingress, host_ip: 127.0.0.1, target: 80, published: '8080', protocol: udp}]"),
    );
  });

  it.each([
    ["80.0", "invalid containerPort: 80.0 [invalid-value]"],
    [
      "1.5",
      "services.web.ports.0 must be a mapping, a string or an integer, not the number 1.5 [wrong-type]",
    ],
    ["{published: 80}", "services.web.ports.0 needs a `target` port [schema]"],
  ])("%s is no port", (port, problem) => {
    expect(headlines(`services:\n  web:\n    image: x\n    ports:\n      - ${port}\n`)).toEqual([
      `compose.yaml:5:9: error: ${problem}`,
    ]);
  });

  it("keep one of two equal entries", () => {
    expect(ports('["8080:80", {target: 80, published: "8080"}]')).toHaveLength(1);
  });

  it.each([
    ["a:80", "invalid hostPort: a"],
    ["80:b", "invalid containerPort: b"],
    ["127.0.1:8080:80", "invalid IP address: 127.0.1"],
    ["80/ftp", "invalid proto: ftp"],
    ["70000:80", "invalid hostPort: 70000"],
    ["1-3:80-81", "invalid ranges specified for container and host ports: 80-81 and 1-3"],
    ["8080:", "no port specified: 8080:<empty>"],
  ])("%s is malformed", (port, problem) => {
    expect(headlines(`services:\n  web:\n    image: x\n    ports:\n      - "${port}"\n`)).toEqual([
      `compose.yaml:5:9: error: ${problem} [invalid-value]`,
    ]);
  });
});
