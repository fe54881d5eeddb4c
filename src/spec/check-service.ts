// What one service must get right: names that exist, attributes that exclude each other.
import type { CheckContext, CheckedDocument } from "./check-context.ts";
import { checkTwins } from "./check-twins.ts";
import type { Service } from "./model/service.ts";
import type { NodePath } from "./node.ts";
import type { Report } from "./report.ts";
import { nearest } from "./suggest.ts";

/** Reports everything that is inconsistent about one service. */
export function checkService(
  name: string,
  service: Service,
  document: CheckedDocument,
  context: CheckContext,
): void {
  new ServiceCheck(name, service, document, context).run();
}

class ServiceCheck {
  readonly #name: string;
  readonly #service: Service;
  readonly #document: CheckedDocument;
  readonly #context: CheckContext;

  constructor(name: string, service: Service, document: CheckedDocument, context: CheckContext) {
    this.#name = name;
    this.#service = service;
    this.#document = document;
    this.#context = context;
  }

  run(): void {
    this.#checkOrigin();
    this.#checkBuild();
    this.#checkNetworks();
    this.#checkDependencies();
    this.#checkFiles();
    this.#checkMounts();
    this.#checkHealthcheck();
    this.#checkWatch();
    checkTwins(this.#name, this.#service, this.#context);
  }

  #error(code: Parameters<Report["error"]>[0], message: string, path: NodePath, hint?: string): void {
    const full = ["services", this.#name, ...path];
    this.#context.report.error(code, message, { place: this.#context.placeOf(full), path: full, hint });
  }

  /** An error about a name: it points at the key, where the value only says more about it. */
  #errorAtName(message: string, path: NodePath, hint?: string): void {
    const full = ["services", this.#name, ...path];
    const isAttribute = path.length === 1;
    const place = isAttribute ? this.#context.placeOf(full) : this.#context.keyPlaceOf(full);
    this.#context.report.error("undefined-reference", message, { place, path: full, hint });
  }

  #undefined(
    kind: string,
    wanted: string,
    path: NodePath,
    known: Readonly<Record<string, unknown>>,
    section: string,
  ): void {
    const near = nearest(wanted, Object.keys(known));
    const hint = near === undefined ? `add it under top-level \`${section}\`` : `did you mean \`${near}\`?`;
    this.#error(
      "undefined-reference",
      `service "${this.#name}" refers to undefined ${kind} ${wanted}`,
      path,
      hint,
    );
  }

  #checkOrigin(): void {
    const { image, build, provider } = this.#service;
    if (image !== undefined || build !== undefined || provider !== undefined) return;
    const message = `service "${this.#name}" has neither an image nor a build context specified`;
    this.#error("conflict", message, [], "give it an `image`, or `build: .`");
  }

  #checkBuild(): void {
    const { build, platform } = this.#service;
    if (build === undefined) return;
    if (build.dockerfile !== undefined && build.dockerfile_inline !== undefined) {
      const message = `service "${this.#name}" declares mutually exclusive dockerfile and dockerfile_inline`;
      this.#error("conflict", message, ["build", "dockerfile"]);
    }
    if (platform !== undefined && build.platforms !== undefined && !build.platforms.includes(platform)) {
      const message = `service.build.platforms MUST include service.platform "${platform}"`;
      this.#error("conflict", message, ["build", "platforms"]);
    }
    for (const [key, target] of Object.entries(build.additional_contexts ?? {})) {
      if (!target.startsWith("service:")) continue;
      const other = target.slice("service:".length);
      const path = ["build", "additional_contexts", key];
      const { services, disabledServices } = this.#document;
      const home = [services, disabledServices].find((section) => Object.hasOwn(section, other));
      const service = home?.[other];
      const problem = service === undefined ? "unknown service" : "non-buildable service";
      if (service?.build !== undefined) continue;
      const message = `service "${this.#name}" declares ${problem} "${other}" as additional contexts ${key}`;
      this.#error("undefined-reference", message, path);
    }
  }

  #checkNetworks(): void {
    const { network_mode: mode, networks } = this.#service;
    const joined = Object.keys(networks ?? {});
    if (mode !== undefined && joined.length > 0) {
      const message = `service ${this.#name} declares mutually exclusive \`network_mode\` and \`networks\``;
      this.#error("conflict", message, ["network_mode"]);
    }
    for (const network of joined) {
      if (Object.hasOwn(this.#document.networks, network)) continue;
      this.#undefined("network", network, ["networks", network], this.#document.networks, "networks");
    }
    if (mode?.startsWith("service:") !== true) return;
    const other = mode.slice("service:".length);
    if (Object.hasOwn(this.#document.services, other)) return;
    const message = `service "${other}" not found for network_mode '${mode}'`;
    this.#error("undefined-reference", message, ["network_mode"], this.#hintAtService(other));
  }

  #checkDependencies(): void {
    const { services, disabledServices } = this.#document;
    const { depends_on: dependencies } = this.#service;
    for (const other in dependencies) {
      if (Object.hasOwn(services, other)) continue;
      const isDisabled = Object.hasOwn(disabledServices, other);
      if (isDisabled && dependencies[other]?.required !== true) continue;
      const path = this.#dependencyPath(other);
      // What is wrong with that is said already.
      if (path[0] === "network_mode") continue;
      const message = `service "${this.#name}" depends on undefined service "${other}"`;
      this.#errorAtName(message, path, this.#hintAtService(other));
    }
  }

  /** Why a service is not there, or which one may be meant. */
  #hintAtService(name: string): string | undefined {
    const { services, disabledServices } = this.#document;
    if (Object.hasOwn(disabledServices, name)) {
      return `"${name}" is left out: it belongs to profile ${disabledServices[name]?.profiles?.join(", ")}`;
    }
    const near = nearest(name, Object.keys(services));
    return near && `did you mean \`${near}\`?`;
  }

  /** Where a dependency comes from: another attribute may imply it. */
  #dependencyPath(other: string): NodePath {
    const { links = [], volumes_from: from = [] } = this.#service;
    const shared = (["network_mode", "ipc", "pid", "uts", "cgroup"] as const).find(
      (attribute) => this.#service[attribute] === `service:${other}`,
    );
    if (shared !== undefined) return [shared];
    const link = links.findIndex((entry) => entry.split(":", 1)[0] === other);
    if (link >= 0) return ["links", String(link)];
    const source = from.findIndex((entry) => entry.split(":", 1)[0] === other);
    return source >= 0 ? ["volumes_from", String(source)] : ["depends_on", other];
  }

  #checkFiles(): void {
    const { secrets, configs, build } = this.#service;
    // The schema demands no source of the long form, so that one may still be without.
    const check = (
      kind: "secret" | "config",
      source: string | undefined,
      path: NodePath,
      label: string,
    ): void => {
      const known = kind === "secret" ? this.#document.secrets : this.#document.configs;
      if (source === undefined || source === "") {
        const message = `service "${this.#name}" has a ${label} without a \`source\``;
        this.#error("undefined-reference", message, path, `name one of the top-level \`${kind}s\``);
        return;
      }
      if (!Object.hasOwn(known, source)) this.#undefined(label, source, path, known, `${kind}s`);
    };
    secrets?.forEach(({ source }, index) => check("secret", source, ["secrets", String(index)], "secret"));
    configs?.forEach(({ source }, index) => check("config", source, ["configs", String(index)], "config"));
    build?.secrets?.forEach(({ source }, index) =>
      check("secret", source, ["build", "secrets", String(index)], "build secret"),
    );
    for (const model of Object.keys(this.#service.models ?? {})) {
      if (Object.hasOwn(this.#document.models, model)) continue;
      this.#undefined("model", model, ["models", model], this.#document.models, "models");
    }
  }

  #checkMounts(): void {
    const mounted = new Map<string, string>();
    this.#service.tmpfs?.forEach((entry, index) => {
      mounted.set(entry.split(":", 1)[0] ?? entry, `services.${this.#name}.tmpfs[${index}]`);
    });
    this.#service.volumes?.forEach(({ type, source, target }, index) => {
      const path = ["volumes", String(index)];
      const { volumes } = this.#document;
      if (type === "volume" && source !== undefined && source !== "" && !Object.hasOwn(volumes, source)) {
        this.#undefined("volume", source, path, volumes, "volumes");
      }
      const other = mounted.get(target);
      if (other === undefined) return;
      const message = `services.${this.#name}.volumes[${index}]: target ${target} already mounted as ${other}`;
      this.#error("conflict", message, path);
    });
  }

  #checkHealthcheck(): void {
    const test = this.#service.healthcheck?.test;
    const first = test?.[0];
    if (test === undefined || first === undefined || ["CMD", "CMD-SHELL", "NONE"].includes(first)) return;
    const message = 'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"';
    this.#error(
      "invalid-value",
      message,
      ["healthcheck", "test"],
      'a list begins with "CMD"; a shell command is one string',
    );
  }

  #checkWatch(): void {
    for (const [index, rule] of (this.#service.develop?.watch ?? []).entries()) {
      const path = ["develop", "watch", String(index)];
      if (rule.path === "")
        this.#error("invalid-value", "develop.watch.path: value can't be blank", [...path, "path"]);
      if (rule.target !== undefined || rule.action === "rebuild" || rule.action === "restart") continue;
      const message = `services.${this.#name}.develop.watch: target is required for non-rebuild actions`;
      this.#error("invalid-value", message, path);
    }
  }
}
