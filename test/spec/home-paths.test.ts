import { describe, expect, it } from "vitest";
import { loadOk } from "./load-yaml.ts";

describe("`~` at the beginning of a path", () => {
  it.each([
    ["~", "/home/ann"],
    ["~/x/../y", "/home/ann/y"],
    ["~/", "/home/ann"],
    // No other user's home: what follows is below one's own.
    ["~bob/x", "/home/ann/bob/x"],
    ["x~/y", "/project/x~/y"],
    ["./~/y", "/project/~/y"],
  ])("%s is %s", (path, expected) => {
    const { services, secrets } = loadOk(`
services:
  web: { image: x, build: { context: "${path}" }, volumes: ["${path.startsWith("x") ? "./" : ""}${path}:/x"], secrets: [s] }
secrets: { s: { file: "${path}" } }
`);
    expect(services["web"]?.build?.context).toBe(expected);
    expect(services["web"]?.volumes?.[0]).toMatchObject({ type: "bind", source: expected });
    expect(secrets["s"]?.file).toBe(expected);
  });

  it("leads to files of which services are extended", () => {
    const also = { "/home/ann/base.yaml": "services: { a: { image: x, volumes: ['./v:/v'] } }" };
    const { services } = loadOk("services: { web: { extends: { service: a, file: ~/base.yaml } } }", {
      also,
    });
    expect(services["web"]).toMatchObject({ image: "x", volumes: [{ source: "/home/ann/v" }] });
  });

  it("leads to files that are included, their folders and environments", () => {
    const yaml = "include: [{ path: ~/shop/web.yaml, project_directory: ~/all, env_file: ~/shop.env }]\n";
    const also = {
      "/home/ann/shop/web.yaml": "services: { web: { image: '$IMAGE', volumes: ['./v:/v'] } }",
      "/home/ann/shop.env": "IMAGE=x\n",
    };
    expect(loadOk(yaml, { also }).services["web"]).toMatchObject({
      image: "x",
      volumes: [{ source: "/home/ann/all/v" }],
    });
  });
});
