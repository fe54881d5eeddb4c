import { describe, expect, it } from "vitest";
import type { Container } from "../../../src/engine/containers/container.ts";
import {
  linkEnvironment,
  linkNames,
  linksOf,
  linksTo,
  standingLinksOf,
} from "../../../src/engine/containers/legacy-links.ts";
import type { Parts } from "../../../src/engine/containers/parts.ts";

const id = "ab".repeat(32);

/** As much of a container as links look at. */
function container(name: string, options: { links?: string[]; runs?: boolean; mode?: string }): Container {
  return {
    id: name === "db" ? id : "cd".repeat(32),
    member: { id, name, hostname: "base" },
    shim: options.runs === false ? undefined : {},
    saved: {
      name,
      endpoints: { bridge: { IPAddress: "172.17.0.9" } },
      config: { ExposedPorts: { "5432/tcp": {}, "53/udp": {} }, Env: ["HOME=/x", "MODE=fast", "GONE"] },
      hostConfig: { NetworkMode: options.mode ?? "bridge", Links: options.links ?? null },
    },
  } as unknown as Container;
}

function storeOf(...all: Container[]): Pick<Parts, "store"> {
  const find = (ref: string): Container | undefined => all.find(({ saved }) => saved.name === ref);
  const get = (ref: string): Container => {
    const found = find(ref);
    if (found === undefined) throw new Error(`No such container: ${ref}`);
    return found;
  };
  return { store: { all: () => all, find, get } } as unknown as Pick<Parts, "store">;
}

describe("links of the predefined network", () => {
  const db = container("db", {});

  it("say where the other is and what it offers", () => {
    const web = container("web", { links: ["/db:/web/my-db"] });
    const [link] = linksOf(storeOf(db, web), web);
    if (link === undefined) throw new Error("no link");
    expect([link.address, linkNames(link)]).toEqual(["172.17.0.9", "my-db base db"]);
    expect(linkEnvironment(link, "web")).toEqual([
      "MY_DB_PORT=udp://172.17.0.9:53",
      "MY_DB_PORT_53_UDP=udp://172.17.0.9:53",
      "MY_DB_PORT_53_UDP_ADDR=172.17.0.9",
      "MY_DB_PORT_53_UDP_PORT=53",
      "MY_DB_PORT_53_UDP_PROTO=udp",
      "MY_DB_PORT_5432_TCP=tcp://172.17.0.9:5432",
      "MY_DB_PORT_5432_TCP_ADDR=172.17.0.9",
      "MY_DB_PORT_5432_TCP_PORT=5432",
      "MY_DB_PORT_5432_TCP_PROTO=tcp",
      "MY_DB_NAME=/web/my-db",
      "MY_DB_ENV_MODE=fast",
    ]);
  });

  it("need the other to run", () => {
    const web = container("web", { links: ["db"] });
    expect(() => linksOf(storeOf(container("db", { runs: false }), web), web)).toThrow(
      "cannot link to a non running container: /db AS /web/db",
    );
  });

  it("of what runs stand as long as the other runs", () => {
    const web = container("web", { links: ["db", "gone:x"] });
    const standing = (runs: boolean): string[] =>
      standingLinksOf(storeOf(container("db", { runs }), web), web).map(({ alias }) => alias);
    expect(standing(true)).toEqual(["db"]);
    expect(standing(false)).toEqual([]);
  });

  it("are known from the other end, by name and by id, where they are for the predefined network", () => {
    const ways = [["db:a"], [`${id.slice(0, 12)}:b`], ["dbx:c"]];
    const others = ways.map((links, index) => container(`web${index}`, { links }));
    const elsewhere = container("far", { links: ["db"], mode: "front" });
    const found = linksTo(storeOf(db, ...others, elsewhere), db);
    expect(found.map(({ from, link }) => `${from.saved.name} ${link.alias}`)).toEqual(["web0 a", "web1 b"]);
  });
});
