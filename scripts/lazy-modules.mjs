// What a command does not use it should not load. Two kinds of modules stand for themselves until they are first used:
//
// Modules of Node that take a millisecond or more to load (commander, for one, loads child_process and never uses it here), and
// the YAML parser, which is there for files that the quick reader leaves to it.
//
// dockerode brings parts that few commands need and that take longer to load than the rest of it: ssh, gRPC and
// protobuf for BuildKit sessions, packing of build contexts. In the bundle each of them is loaded from the installed
// package when it is first used; everything else of dockerode is part of the bundle.
import { createRequire, isBuiltin } from "node:module";
import { dirname, relative, sep } from "node:path";

const SLOW_MODULES =
  /^(yaml|(node:)?(child_process|crypto|fs\/promises|http|https|net|readline|readline\/promises|stream\/promises|timers\/promises|tty|v8|zlib))$/;
/** Whose imports of them are put off; the client library is loaded when it is needed, and then as it is. */
const IN_NO_HURRY = /^(src|node_modules\/commander)\//;

/** What stays outside, by the package and file that ask for it. */
const LAZY = [
  {
    importer: "docker-modem/lib/modem.js",
    request: "./ssh",
    from: "docker-modem",
    load: "docker-modem/lib/ssh.js",
  },
  {
    importer: "dockerode/lib/docker.js",
    request: "./session",
    from: "dockerode",
    load: "dockerode/lib/session.js",
  },
  {
    importer: "dockerode/lib/docker.js",
    request: "./buildkit",
    from: "dockerode",
    load: "dockerode/lib/buildkit.js",
  },
  { importer: "dockerode/lib/util.js", request: "tar-fs", from: "dockerode", load: "tar-fs" },
  {
    importer: "dockerode/lib/util.js",
    request: "@balena/dockerignore",
    from: "dockerode",
    load: "@balena/dockerignore",
  },
];

/** The importing file below its last node_modules folder, with slashes. */
function packagePath(importer) {
  const folder = `${sep}node_modules${sep}`;
  const at = importer.lastIndexOf(folder);
  return at === -1
    ? relative(dirname(importer), importer)
    : importer.slice(at + folder.length).replaceAll(sep, "/");
}

/**
 * A module that stands for another until it is called or one of its properties is read. Nested packages are found as
 * the package that needs them would find them, wherever the installer has put them.
 */
function standIn({ from, load }) {
  return `
    const { createRequire } = require("node:module");
    let loaded;
    function installed() {
      if (loaded !== undefined) return loaded;
      // The bundler must not follow this one.
      const fromBundle = require;
      let owner = createRequire(fromBundle.resolve("dockerode/package.json"));
      if (${JSON.stringify(from)} !== "dockerode") owner = createRequire(owner.resolve(${JSON.stringify(`${from}/package.json`)}));
      const [, ownFile] = /^${from}\\/(.*)$/.exec(${JSON.stringify(load)}) ?? [];
      loaded = owner(ownFile === undefined ? ${JSON.stringify(load)} : "./" + ownFile);
      return loaded;
    }
    module.exports = new Proxy(function () {}, {
      apply: (_target, receiver, args) => Reflect.apply(installed(), receiver, args),
      get: (_target, property) => installed()[property],
    });
  `;
}

/** A module whose parts are looked up when they are used. */
function partsLater(name) {
  const module = createRequire(import.meta.url)(name);
  if (typeof module !== "object") throw new Error(`${name} is more than its parts`);
  return `
    for (const part of ${JSON.stringify(Object.keys(module))}) {
      Object.defineProperty(exports, part, { enumerable: true, get: () => require(${JSON.stringify(name)})[part] });
    }
  `;
}

/** The esbuild plugin. */
export const lazyModules = {
  name: "lazy-modules",
  setup(build) {
    build.onResolve({ filter: /^(\.\/(ssh|session|buildkit)|tar-fs|@balena\/dockerignore)$/ }, (args) => {
      const importer = packagePath(args.importer);
      const found = LAZY.findIndex((entry) => entry.importer === importer && entry.request === args.path);
      return found === -1 ? undefined : { path: String(found), namespace: "lazy-dependency" };
    });
    build.onResolve({ filter: SLOW_MODULES }, ({ path, importer }) =>
      IN_NO_HURRY.test(relative(process.cwd(), importer).replaceAll(sep, "/"))
        ? { path: isBuiltin(path) ? path.replace(/^(node:)?/, "node:") : path, namespace: "lazy-module" }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "lazy-module" }, ({ path }) => ({
      contents: partsLater(path),
      loader: "js",
      resolveDir: process.cwd(),
    }));
    build.onLoad({ filter: /.*/, namespace: "lazy-dependency" }, (args) => ({
      contents: standIn(LAZY[Number(args.path)]),
      loader: "js",
      resolveDir: process.cwd(),
    }));
  },
};
