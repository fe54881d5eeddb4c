// `extends`: a service takes another one, of this file or of another, as its base.
import { canonicalise } from "./complete.ts";
import type { Asked } from "./environment-files.ts";
import type { LoadContext, ModelScope } from "./source-documents.ts";
import { documentsOf, fillIn, pathsSeenFrom, reportUnreadable } from "./source-documents.ts";
import { merge, mergeService, withoutTags } from "./merge.ts";
import type { MapNode, Node, Place, SourceFile } from "./node.ts";
import {
  child,
  isNull,
  mapChildren,
  mapOf,
  scalarText,
  stringValue,
  withEntry,
  withoutEntry,
} from "./node.ts";
import { checkSchema } from "./schema.ts";
import { nearest } from "./suggest.ts";
import { directoryOf, expandHome, isRemote, resolvePath } from "./paths.ts";

/** How long a chain of extensions may be: far beyond any Compose file, well within the stack. */
const MAX_CHAIN = 100;

/** The services among which a name is looked up. */
interface Neighbourhood {
  readonly source: SourceFile;
  readonly services: MapNode;
  /** What `extends.file` is relative to. */
  readonly directory: string;
}

/** One step of a chain of extensions, for the message about a circle. */
interface Step {
  readonly service: string;
  readonly source: SourceFile;
}

/** The document with every service completed by what it extends. */
export function resolveExtends(
  document: Node,
  source: SourceFile,
  scope: ModelScope,
  context: LoadContext,
): Node {
  const services = child(document, "services");
  if (services?.kind !== "map" || document.kind !== "map") return document;
  const here = { source, services, directory: scope.directory };
  const resolver = new ExtendsResolver(scope, context);
  const resolved = mapChildren(services, (_, name) => resolver.resolve(name, here, []));
  return resolved === services ? document : withEntry(document, "services", resolved);
}

class ExtendsResolver {
  readonly #scope: ModelScope;
  readonly #context: LoadContext;
  readonly #done = new Map<Node, Node>();
  readonly #files = new Map<string, Neighbourhood | undefined>();

  constructor(scope: ModelScope, context: LoadContext) {
    this.#scope = scope;
    this.#context = context;
  }

  resolve(name: string, here: Neighbourhood, trail: readonly Step[]): Node {
    const service = here.services.entries.get(name)?.value;
    if (service === undefined) throw new Error(`internal: service ${name} is not in its file`);
    const extension = child(service, "extends");
    if (service.kind !== "map" || extension === undefined) return service;
    const known = this.#done.get(service);
    if (known !== undefined) return known;
    const resolved = this.#extend(name, service, extension, here, trail);
    this.#done.set(service, resolved);
    return resolved;
  }

  #extend(
    name: string,
    service: MapNode,
    extension: Node,
    here: Neighbourhood,
    trail: readonly Step[],
  ): Node {
    const target = readExtension(extension);
    // A malformed `extends` stays where it is, for the schema to complain about.
    if (target === undefined) return service;
    this.#checkKeys(name, extension);
    const own = withoutEntry(service, "extends");
    const steps = [...trail, { service: name, source: here.source }];
    const there =
      target.file === undefined
        ? here
        : this.#neighbourhood(target.file, here, {
            place: child(extension, "file")?.place,
            path: ["services", name, "extends", "file"],
          });
    if (there === undefined) return own;
    const path = ["services", name, "extends"];
    const { report } = this.#context;
    if (!there.services.entries.has(target.service)) {
      const elsewhere = there === here ? "" : ` in ${there.source.name}`;
      const message = `cannot extend service "${name}" in ${here.source.name}: service "${target.service}" not found`;
      const others = [...there.services.entries.keys()].filter((other) => there !== here || other !== name);
      const near = nearest(target.service, others);
      const hint = near && `did you mean \`${near}\`?`;
      report.error("undefined-reference", message + elsewhere, { place: target.place, path, hint });
      return own;
    }
    if (steps.length > MAX_CHAIN) {
      const message = `chains of more than ${MAX_CHAIN} services that extend each other are not supported`;
      report.error("not-supported", message, { place: target.place, path });
      return own;
    }
    if (steps.some((step) => step.service === target.service && step.source === there.source)) {
      const circle = [...steps, { service: target.service, source: there.source }];
      const words = circle.map((step) => `${step.service} in ${step.source.name}`).join(", extends ");
      report.error("dependency-cycle", `Circular reference: ${words}`, { place: target.place, path });
      return own;
    }
    const base = this.resolve(target.service, there, steps);
    return isNull(base) ? own : mergeService(withoutTags(base), own, name, this.#context);
  }

  /** The schema's word on what an `extends` holds besides its target, before it is left out of the document. */
  #checkKeys(name: string, extension: Node): void {
    if (extension.kind !== "map") return;
    const others = [...extension.entries.keys()].filter((key) => key !== "service" && key !== "file");
    if (others.every((key) => key.startsWith("x-"))) return;
    const { place } = extension;
    const checked = mapChildren(extension, (value, key) => (key.startsWith("x-") ? undefined : value));
    const services = mapOf({ [name]: mapOf({ extends: checked }, place) }, place);
    checkSchema(mapOf({ services }, place), this.#context.report);
  }

  /** The services of another file: filled in with this file's environment, canonical, with paths from their own folder. */
  #neighbourhood(file: string, here: Neighbourhood, asked: Asked): Neighbourhood | undefined {
    if (isRemote(file)) {
      const message = `${file}: extending a service from elsewhere (git, OCI, HTTP) is not supported yet`;
      this.#context.report.error("not-supported", message, asked);
      return undefined;
    }
    const path = resolvePath(here.directory, expandHome(file, this.#context.host.homedir));
    if (!this.#files.has(path)) this.#files.set(path, this.#readNeighbourhood(path, asked));
    return this.#files.get(path);
  }

  #readNeighbourhood(path: string, asked: Asked): Neighbourhood | undefined {
    const { sources, report } = this.#context;
    const result = sources.read(path);
    if (!result.ok) {
      reportUnreadable(path, result, this.#context, asked);
      return undefined;
    }
    const { source } = result;
    let model: Node | undefined;
    for (const document of documentsOf(source, this.#context)) {
      const filled = fillIn(document, this.#scope.variables, this.#context);
      model = model === undefined ? filled : merge(model, filled, this.#context);
    }
    const directory = directoryOf(path);
    const services = model && child(this.#resolve(model, directory), "services");
    if (services?.kind === "map") return { source, services, directory };
    report.error(
      "undefined-reference",
      `cannot extend a service of ${source.name}: no services section`,
      asked,
    );
    return undefined;
  }

  /** The document of a file in canonical form, with paths from the file's own folder. */
  #resolve(model: Node, directory: string): Node {
    const { report, request } = this.#context;
    const paths = pathsSeenFrom(this.#scope, directory, this.#context);
    return canonicalise(model, { report, hasVariables: request.noInterpolate === true, paths });
  }
}

function readExtension(
  node: Node,
): { service: string; file: string | undefined; place: Place | undefined } | undefined {
  if (node.kind === "scalar") {
    const service = scalarText(node);
    return service === undefined ? undefined : { service, file: undefined, place: node.place };
  }
  const named = child(node, "service");
  const service = stringValue(named);
  const file = child(node, "file");
  if (service === undefined || (file !== undefined && stringValue(file) === undefined)) return undefined;
  return { service, file: stringValue(file), place: named?.place };
}
