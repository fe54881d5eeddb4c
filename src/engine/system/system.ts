// What the engine says of itself.
import { readFileSync } from "node:fs";
import { arch, cpus, hostname, release, totalmem } from "node:os";
import { API_VERSION, MIN_API_VERSION } from "../api/version.ts";
import type {
  ContainersBackend,
  DiskUser,
  ImagesBackend,
  SystemBackend,
  VolumesBackend,
} from "../backend.ts";
import type { EngineContext, Native } from "../collaborators.ts";
import { cgroupInfo, confinesByDefault, hasSeccompFilter, readAppArmor } from "../containers/index.ts";
import { rootHash } from "../cgroup-layout.ts";
import { packageVersion } from "../native/package-root.ts";
import type { Probe } from "../native/probe.ts";
import type { Egress } from "../native/ways-out.ts";
import { appArmorFeature, features, type Feature } from "./features.ts";
import { quarantinedFiles } from "./quarantined-files.ts";

/** What the engine's own calls are answered from. */
export interface SystemOptions {
  readonly context: EngineContext;
  readonly probe: Probe;
  /** How containers leave for the world now. */
  readonly egress: () => Egress;
  readonly socket: string;
  readonly containers: Pick<ContainersBackend, "list" | "sizes">;
  readonly images: Pick<ImagesBackend, "list" | "layersSize">;
  readonly volumes: Pick<VolumesBackend, "list" | "sizes">;
  readonly shutdown: () => Promise<void>;
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: "x86_64",
  arm64: "aarch64",
  arm: "armv7l",
  ia32: "i686",
};

const GO_ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

function operatingSystem(): string {
  try {
    const release = readFileSync("/etc/os-release", "utf8");
    return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(release)?.[1] ?? "Linux";
  } catch {
    return "Linux"; // the file is a convention and not everywhere
  }
}

class EngineSystem implements SystemBackend {
  readonly #options: SystemOptions;

  constructor(options: SystemOptions) {
    this.#options = options;
  }

  version(): object {
    const { probe } = this.#options;
    const goArchitecture = GO_ARCHITECTURES[arch()] ?? arch();
    return {
      Platform: { Name: "Slipway" },
      Version: packageVersion,
      ApiVersion: API_VERSION,
      MinAPIVersion: MIN_API_VERSION,
      Os: "linux",
      Arch: goArchitecture,
      KernelVersion: probe.kernel,
      GitCommit: "",
      GoVersion: "",
      BuildTime: "",
      Components: [
        {
          Name: "Engine",
          Version: packageVersion,
          Details: {
            ApiVersion: API_VERSION,
            MinAPIVersion: MIN_API_VERSION,
            Arch: goArchitecture,
            Os: "linux",
            KernelVersion: probe.kernel,
            Node: process.version,
            Experimental: "false",
          },
        },
      ],
    };
  }

  async info(): Promise<object> {
    const { context, probe } = this.#options;
    const registries = await registryState(context.root);
    return {
      ID: `slipway-${rootHash(context.root)}`,
      Name: hostname(),
      ...this.#counts(),
      ...machine(probe),
      ...registries.info,
      Swarm: noSwarm,
      Driver: "overlay2",
      DriverStatus: [["Backing Filesystem", context.native.rootless ? "user namespace" : "host"]],
      Plugins: {
        Volume: ["local"],
        Network: ["bridge", "host", "null"],
        Authorization: null,
        Log: ["json-file", "local", "none"],
      },
      ...cgroupInfo(context.cgroups),
      IPv4Forwarding: true,
      LoggingDriver: "json-file",
      DockerRootDir: context.root,
      ServerVersion: packageVersion,
      DefaultRuntime: "slipway",
      Runtimes: { slipway: { path: context.native.binary } },
      InitBinary: "slipway",
      LiveRestoreEnabled: true,
      SecurityOptions: [
        ...(readAppArmor().enabled ? [appArmorOption(context.native)] : []),
        ...(hasSeccompFilter() ? ["name=seccomp,profile=builtin"] : []),
        ...(context.native.rootless ? ["name=rootless"] : []),
        ...(context.cgroups.version === 2 ? ["name=cgroupns"] : []),
      ],
      Warnings: [
        ...this.#features()
          .filter(({ available }) => !available)
          .map(({ name, consequence }) => `WARNING: ${name}: ${consequence ?? ""}`),
        ...registries.faults.map((fault) => `WARNING: ${fault}`),
      ],
    };
  }

  async diskUsage(kinds: ReadonlySet<DiskUser>): Promise<object> {
    const { images, containers, volumes } = this.#options;
    const everything = new Map<string, readonly string[]>();
    const listed = containers.list({ all: true, filters: everything });
    const [sizes, volumeSizes] = await Promise.all([
      kinds.has("container") ? containers.sizes(listed.map(({ Id }) => Id)) : undefined,
      kinds.has("volume") ? volumes.sizes() : undefined,
    ]);
    const hasImages = kinds.has("image");
    return {
      LayersSize: hasImages ? images.layersSize() : 0,
      Images: hasImages ? images.list({ all: true, filters: everything, sharedSize: true }) : null,
      Containers: sizes === undefined ? null : listed.map((row) => ({ ...row, ...sizes.get(row.Id) })),
      Volumes:
        volumeSizes === undefined
          ? null
          : volumes.list(everything).Volumes.map((volume) => {
              const users = listed.filter(({ Mounts }) => Mounts.some(({ Name }) => Name === volume.Name));
              const Size = volumeSizes.get(volume.Name) ?? -1;
              return { ...volume, UsageData: { Size, RefCount: users.length } };
            }),
      BuildCache: kinds.has("build-cache") ? [] : null,
      BuilderSize: 0,
    };
  }

  status(): object {
    const { context, probe, egress, socket } = this.#options;
    return {
      pid: process.pid,
      socket,
      root: context.root,
      mode: context.native.rootless ? "rootless" : "root",
      version: packageVersion,
      kernel: probe.kernel,
      binary: context.native.binary,
      cgroups: { version: context.cgroups.version, directories: context.cgroups.directories },
      egress: egress(),
      features: this.#features(),
      damaged: quarantinedFiles(context.root),
    };
  }

  shutdown(): Promise<void> {
    return this.#options.shutdown();
  }

  #features(): readonly Feature[] {
    return [...features(this.#options.probe), ...appArmorFeature(confinesByDefault())];
  }

  #counts(): object {
    const everything = new Map<string, readonly string[]>();
    const states = this.#options.containers
      .list({ all: true, filters: everything })
      .map(({ State }) => State);
    const running = states.filter((state) => state === "running" || state === "restarting").length;
    const paused = states.filter((state) => state === "paused").length;
    return {
      Containers: states.length,
      ContainersRunning: running,
      ContainersPaused: paused,
      ContainersStopped: states.length - running - paused,
      Images: this.#options.images.list({ all: false, filters: everything }).length,
    };
  }
}

/** An ordinary user's containers are under a profile only where they name one. */
function appArmorOption({ rootless }: Pick<Native, "rootless">): string {
  return rootless ? "name=apparmor,profile=unconfined" : "name=apparmor";
}

function machine(probe: Probe): object {
  return {
    KernelVersion: probe.kernel || release(),
    OperatingSystem: operatingSystem(),
    OSType: "linux",
    OSVersion: "",
    Architecture: ARCHITECTURES[arch()] ?? arch(),
    NCPU: cpus().length,
    MemTotal: totalmem(),
    SystemTime: new Date().toISOString(),
    Debug: false,
    ExperimentalBuild: false,
    Labels: [],
    Isolation: "",
  };
}

const noSwarm = {
  LocalNodeState: "inactive",
  ControlAvailable: false,
  NodeID: "",
  NodeAddr: "",
  Error: "",
  RemoteManagers: null,
};

/** How registries are reached; what is wrong with their configuration keeps nobody from asking for the rest. */
async function registryState(root: string): Promise<{ info: object; faults: string[] }> {
  const { readRegistryConfig } = await import("../images/registry/registry-config.ts");
  const { proxyInfo, registryInfo } = await import("../images/registry/registry-info.ts");
  const faults: string[] = [];
  const config = await readRegistryConfig(root).catch((error: Error) => {
    faults.push(error.message);
    return { mirrors: [], insecure: [] };
  });
  const RegistryConfig = registryInfo(config);
  const info = {
    IndexServerAddress: "https://index.docker.io/v1/",
    RegistryConfig,
    ...proxyInfo(process.env),
  };
  return { info, faults };
}

/** Makes the engine's own part of the API. */
export function createSystem(options: SystemOptions): SystemBackend {
  return new EngineSystem(options);
}
