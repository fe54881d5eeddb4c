import { describe, expect, it } from "vitest";
import { headlines, load, loadOk, problemsOf } from "./load-yaml.ts";

describe("extends", () => {
  it("takes everything from a service of the same file", () => {
    const project = loadOk(`services:
  base: {image: x, environment: {A: 1, B: 2}, ports: [80]}
  web: {extends: base, environment: [B=3], ports: !override [81]}
`);
    expect(project.services["web"]).toEqual({
      image: "x",
      environment: { A: "1", B: "3" },
      ports: [{ mode: "ingress", target: 81, protocol: "tcp" }],
      networks: { default: null },
    });
  });

  it("follows chains into other files, with paths from their own folders", () => {
    const project = loadOk("services: {web: {extends: {service: mid, file: lib/mid.yaml}}}", {
      environment: { TAG: "7" },
      also: {
        "lib/mid.yaml":
          "services: {mid: {extends: {service: base, file: deep/base.yaml}, volumes: ['./m:/m']}}",
        "lib/deep/base.yaml": "services: {base: {image: 'x:$TAG', volumes: ['./b:/b'], env_file: b.env}}",
        "lib/deep/b.env": "K=v\n",
      },
    });
    expect(project.services["web"]).toMatchObject({
      image: "x:7",
      environment: { K: "v" },
      volumes: [{ source: "/project/lib/deep/b" }, { source: "/project/lib/m" }],
    });
  });

  it("points into the file where a value was written", () => {
    const { diagnostics } = load("services: {web: {extends: {service: base, file: base.yaml}}}", {
      also: { "base.yaml": "services:\n  base:\n    image: x\n    networks: [nope]\n" },
    });
    expect(diagnostics).toMatchObject([
      { code: "undefined-reference", span: { file: "base.yaml", line: 4, column: 16 } },
    ]);
  });

  it("reports circles and what is not there", () => {
    expect(problemsOf("services:\n  a: {extends: b}\n  b: {extends: a}\n")).toContain(
      "Circular reference: a in compose.yaml, extends b in compose.yaml, extends a in compose.yaml [dependency-cycle]",
    );
    expect(problemsOf("services:\n  a: {extends: b}\n")).toBe(
      `compose.yaml:2:16: error: cannot extend service "a" in compose.yaml: service "b" not found [undefined-reference]
  1 | services:
  2 |   a: {extends: b}
    |                ^
`,
    );
    expect(problemsOf("services:\n  a: {extends: {service: b, file: no.yaml}}\n")).toContain(
      "compose.yaml:2:35: error: no.yaml: no such file or directory [file-not-found]",
    );
  });
});

describe("one mistake that several services share", () => {
  it("is said once", () => {
    const yaml = `x-a: &a {image: x, bogus: 1, mem_limit: much, init: yes}
services:
  a: *a
  b: {<<: *a}
  c: {extends: {service: d, file: d.yaml}}
`;
    expect(headlines(yaml, { also: { "d.yaml": "services: {d: {image: x, shm_size: few}}\n" } })).toEqual([
      "compose.yaml:1:20: error: additional properties 'bogus' not allowed in services.a [unknown-key]",
      "compose.yaml:1:41: error: services.a.mem_limit: invalid size: 'much' [invalid-value]",
      'compose.yaml:1:53: warning: "yes" for boolean services.a.init is not supported by YAML 1.2 [cast]',
      "d.yaml:1:36: error: services.d.shm_size: invalid size: 'few' [invalid-value]",
    ]);
  });
});

describe("extends", () => {
  it("is checked before it is gone", () => {
    const yaml = "services: {a: {extends: {service: b, fiel: c.yaml, x-why: 1}}, b: {image: x}}\n";
    expect(headlines(yaml)).toEqual([
      "compose.yaml:1:38: error: additional properties 'fiel' not allowed in services.a.extends [unknown-key]",
    ]);
  });
});

describe("include", () => {
  it("brings in services with their own directory and environment, and lets the including file change them", () => {
    const project = loadOk(
      "include: [{path: mod/compose.yaml, env_file: mod.env}]\nservices: {web: {hostname: h}, own: {image: x}}\n",
      {
        also: {
          "mod/compose.yaml": "services: {web: {image: 'x:${TAG}', environment: [TAG], volumes: ['./d:/d']}}",
          "mod.env": "TAG=9\n",
        },
      },
    );
    expect(project.services["web"]).toMatchObject({
      image: "x:9",
      hostname: "h",
      environment: { TAG: "9" },
      volumes: [{ source: "/project/mod/d" }],
    });
    expect(Object.keys(project.services)).toEqual(["web", "own"]);
  });

  it("lets an earlier one go before a later one", () => {
    const also = {
      "one.yaml": "services: {web: {image: one, hostname: one}}\n",
      "two.yaml": "services: {web: {image: two, user: two}}\n",
    };
    expect(loadOk("include: [one.yaml, two.yaml]\n", { also }).services["web"]).toMatchObject({
      image: "one",
      hostname: "one",
      user: "two",
    });
  });

  it("stands in the folder of its first file unless told otherwise", () => {
    const also = { "mod/c.yaml": "services: {web: {image: x, volumes: ['./d:/d']}}\n" };
    const sourceWith = (directory: string): string | undefined => {
      const yaml = `include: [{path: mod/c.yaml, project_directory: ${directory}}]\n`;
      return loadOk(yaml, { also }).services["web"]?.volumes?.[0]?.source;
    };
    expect(sourceWith('""')).toBe("/project/mod/d");
    expect(sourceWith("other")).toBe("/project/other/d");
  });

  it("and extends give paths that are relative to the project where they are not to be resolved", () => {
    const also = {
      "a/b/c.yaml": "services: {deep: {image: x, volumes: ['./v:/v', '../w:/w', /x:/x]}}\n",
      "a/a.yaml": "include: [b/c.yaml]\nservices: {mid: {extends: {service: deep, file: b/c.yaml}}}\n",
    };
    const yaml = "include: [a/a.yaml]\nservices: {own: {extends: {service: mid, file: a/a.yaml}}}\n";
    const { services } = loadOk(yaml, { also, noPathResolution: true });
    for (const name of ["deep", "mid", "own"]) {
      expect(services[name]?.volumes?.map(({ source }) => source)).toEqual(["a/b/v", "a/w", "/x"]);
    }
  });

  it("reads the .env beside an included file, under the including environment", () => {
    const also = { "mod/c.yaml": "services: {web: {image: '$A-$B'}}", "mod/.env": "A=1\nB=2\n" };
    expect(loadOk("include: [mod/c.yaml]", { also, environment: { A: "0" } }).services["web"]?.image).toBe(
      "0-2",
    );
  });

  it("may be empty, and its parts left open", () => {
    const also = { "mod/c.yaml": "services: {web: {image: 'x$A'}}\n", "mod/.env": "A=1\n" };
    const yaml = "include: [{path: mod/c.yaml, env_file: [], project_directory: , x-why: {}}]\n";
    expect(loadOk(yaml, { also }).services["web"]?.image).toBe("x1");
    expect(loadOk("include:\nservices: {web: {image: x}}\n").services["web"]?.image).toBe("x");
  });

  it("is checked like the rest", () => {
    const also = { "mod/c.yaml": "services: {web: {image: x}}\n", "mod/dir/x": "" };
    const yaml = `include:
  - {path: mod/c.yaml, env_files: a.env}
  - {path: mod/c.yaml, env_file: [gone.env, mod/dir]}
  - 5
  - {}
  - {path: []}
`;
    expect(headlines(yaml, { also })).toEqual([
      "compose.yaml:2:24: error: additional properties 'env_files' not allowed in include.0 [unknown-key]",
      "compose.yaml:3:35: error: couldn't find env file: /project/gone.env [file-not-found]",
      "compose.yaml:3:45: error: /project/mod/dir is a directory [file-unreadable]",
      "compose.yaml:4:5: error: include.2 must be a mapping or a string, not the number 5 [wrong-type]",
      "compose.yaml:5:5: error: include.3 needs `path` [schema]",
      "compose.yaml:6:12: error: include.4 must name at least one file [wrong-type]",
    ]);
  });

  it("reports circles, missing files and remote ones with their place", () => {
    expect(problemsOf("include: [b.yaml]\n", { also: { "b.yaml": "include: [compose.yaml]\n" } })).toContain(
      "b.yaml:1:11: error: include cycle detected: compose.yaml includes b.yaml includes compose.yaml [dependency-cycle]",
    );
    expect(problemsOf("include: [b.yaml]\n")).toContain(
      "compose.yaml:1:11: error: b.yaml: no such file or directory",
    );
    expect(problemsOf("include: ['oci://x/y']\n")).toContain("[not-supported]");
  });
});
