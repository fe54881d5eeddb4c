// What the kernel and the machine grant this engine, and what it means where they do not.
import { hasSubordinateIds, needsUserNamespace } from "../native/probe.ts";
import type { Probe } from "../native/probe.ts";

/** One thing the engine would like to use. */
export interface Feature {
  readonly name: string;
  readonly available: boolean;
  /** What the kernel said; only where it is not available. */
  readonly reason?: string;
  /** What does not work without it. */
  readonly consequence?: string;
  /** What makes it available. */
  readonly remedy?: string;
}

interface FeatureRow {
  readonly name: string;
  /** Without it the engine cannot do its work at all. */
  readonly essential?: true;
  readonly applies: (probe: Probe) => boolean;
  readonly isAvailable: (probe: Probe) => boolean;
  readonly consequence: string;
  readonly remedy: string;
}

const always = (): boolean => true;
const asRoot = (probe: Probe): boolean => !needsUserNamespace(probe);

const CGROUP_REMEDY =
  "run the engine as root, or have the session's cgroup delegated to you (systemd: Delegate=yes for user@.service)";

const ROWS: readonly FeatureRow[] = [
  {
    name: "user namespaces",
    essential: true,
    applies: needsUserNamespace,
    isAvailable: (probe) => probe.userNamespaces,
    consequence: "no container can be started by this user",
    remedy:
      "allow them (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces, and on Ubuntu " +
      "kernel.apparmor_restrict_unprivileged_userns=0), or run the engine as root",
  },
  {
    name: "subordinate ids",
    applies: needsUserNamespace,
    isAvailable: hasSubordinateIds,
    consequence: "every process in a container runs as one user; programs that change to another user fail",
    remedy:
      "install newuidmap (Debian: uidmap) and give the user ranges in /etc/subuid and /etc/subgid (usermod --add-subuids)",
  },
  {
    name: "containers",
    essential: true,
    applies: always,
    isAvailable: (probe) => probe.containers,
    consequence: "no container can be started",
    remedy:
      "where this is itself a container, give it the right to make namespaces and a whole /proc (docker run --privileged)",
  },
  {
    name: "overlay file system",
    essential: true,
    applies: always,
    isAvailable: (probe) => (asRoot(probe) ? probe.overlay : probe.overlayUserxattr),
    consequence: "images cannot be mounted, so no container can be started",
    remedy: "load the module (modprobe overlay); unprivileged users need Linux 5.11 or newer",
  },
  {
    name: "bridges",
    applies: always,
    isAvailable: (probe) => probe.bridge,
    consequence: "containers cannot be connected to networks; only `network_mode: none` and `host` work",
    remedy: "load the module (modprobe bridge)",
  },
  {
    name: "virtual ethernet",
    applies: always,
    isAvailable: (probe) => probe.veth,
    consequence: "containers cannot be connected to networks; only `network_mode: none` and `host` work",
    remedy: "load the module (modprobe veth)",
  },
  {
    name: "name servers in containers",
    applies: always,
    isAvailable: (probe) => probe.resolverRules,
    consequence:
      "port 53 of 127.0.0.11 is taken in containers: a name server there has to listen on the container's own address",
    remedy: "load the module nf_tables (modprobe)",
  },
  {
    name: "outbound traffic",
    applies: always,
    isAvailable: (probe) => probe.egress,
    consequence:
      "containers reach each other and their published ports can be reached, but they reach neither the host nor the outside",
    remedy:
      "load the modules nf_tables, nft_tproxy and nft_fib_inet (modprobe), which need Linux 4.19 or newer",
  },
  {
    name: "outbound ping",
    applies: (probe) => probe.egress,
    isAvailable: (probe) => probe.echo,
    consequence: "what containers ping outside of their networks does not answer",
    remedy: "let the user's group send echo requests (sysctl net.ipv4.ping_group_range='0 2147483647')",
  },
  {
    name: "memory limits",
    applies: always,
    isAvailable: (probe) => typeof probe.cgroup["memory"] === "string",
    consequence: "memory limits of containers are not enforced",
    remedy: CGROUP_REMEDY,
  },
  {
    name: "cpu limits",
    applies: always,
    isAvailable: (probe) => typeof probe.cgroup["cpu"] === "string",
    consequence: "cpu limits of containers are not enforced",
    remedy: CGROUP_REMEDY,
  },
  {
    name: "process limits",
    applies: always,
    isAvailable: (probe) => typeof probe.cgroup["pids"] === "string",
    consequence: "limits on the number of processes are not enforced",
    remedy: CGROUP_REMEDY,
  },
];

/** Where `probe` explains a refusal, by the row's name. */
const REASON_KEYS: Readonly<Record<string, readonly string[]>> = {
  "user namespaces": ["userNamespaces"],
  "subordinate ids": ["newuidmap", "subuids"],
  containers: ["containers"],
  "overlay file system": ["overlayUserxattr", "overlay"],
  bridges: ["bridge"],
  "virtual ethernet": ["veth"],
  "name servers in containers": ["resolverRules"],
  "outbound traffic": ["egress"],
  "outbound ping": ["echo"],
  "memory limits": ["memory", "cgroup.memory", "cgroup"],
  "cpu limits": ["cpu", "cgroup.cpu", "cgroup"],
  "process limits": ["pids", "cgroup.pids", "cgroup"],
};

function refusal(row: FeatureRow, probe: Probe): Feature {
  const reason = (REASON_KEYS[row.name] ?? [])
    .map((key) => probe.reasons[key])
    .find((text) => text !== undefined);
  return {
    name: row.name,
    available: false,
    ...(reason === undefined ? {} : { reason }),
    consequence: row.consequence,
    remedy: row.remedy,
  };
}

/** Every feature that matters in this mode, in a fixed order. */
export function features(probe: Probe): readonly Feature[] {
  return ROWS.filter((row) => row.applies(probe)).map((row) =>
    row.isAvailable(probe) ? { name: row.name, available: true } : refusal(row, probe),
  );
}

/** AppArmor, on machines that have it and for users who may load profiles; `confines` as `confinesByDefault` says. */
export function appArmorFeature(confines: boolean | undefined): readonly Feature[] {
  if (confines === undefined) return [];
  if (confines) return [{ name: "AppArmor", available: true }];
  return [
    {
      name: "AppArmor",
      available: false,
      consequence: "containers are confined by no profile, unless they name one that is loaded",
      remedy: "install apparmor_parser (Debian: apparmor)",
    },
  ];
}

function explain({ name, reason, remedy }: Feature): string {
  return `${name}${reason === undefined ? "" : ` (${reason})`}: ${remedy ?? ""}`;
}

/** Why the engine cannot work here: one sentence, undefined when it can. */
export function refusedEssentials(probe: Probe): string | undefined {
  const essential = new Set(ROWS.filter((row) => row.essential).map(({ name }) => name));
  const refused = features(probe).filter(({ name, available }) => !available && essential.has(name));
  if (refused.length === 0) return undefined;
  return `this machine refuses what the engine needs: ${refused.map(explain).join("; ")}`;
}
