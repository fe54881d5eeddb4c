// The profile that containers run under when they name none: Docker's by its name and by what it forbids, so that both engines share
// the one that either of them loads. Pure.

/** As Docker names it. */
export const DEFAULT_PROFILE = "docker-default";

/** Parts of /proc/sys and /sys that stay writable are those whose mounts and owners guard them. */
const DENIED = [
  "mount",
  // Files of /proc itself, and folders that are neither a process's nor /proc/sys.
  "/proc/* w",
  "/proc/{[^0-9s],s[^y],sy[^s],sys[^/]}*/** w",
  // Of /proc/sys all but /proc/sys/kernel/shm….
  "/proc/sys/{[^k],k[^e],ke[^r]}** w",
  "/proc/sys/kernel/{[^s],s[^h],sh[^m]}** w",
  "/proc/sysrq-trigger rwklx",
  "/proc/kcore rwklx",
  // Of /sys all but /sys/fs/cgroup.
  "/sys/{[^f],f[^s]}*/** wklx",
  "/sys/fs/{[^c],c[^g],cg[^r]}*/** wklx",
  "/sys/firmware/** rwklx",
  "/sys/devices/virtual/powercap/** rwklx",
  "/sys/kernel/security/** rwklx",
];

/**
 * The profile in the language of apparmor_parser. `engine`: the profile of the engine itself, whose shims send signals to containers;
 * `unconfined` where it has none.
 */
export function defaultProfileText(engine: string): string {
  const name = DEFAULT_PROFILE;
  const senders = [...new Set(["unconfined", engine])];
  const rules = [
    "network",
    "capability",
    "file",
    "umount",
    "unix",
    "signal (send, receive) set=(exists)",
    ...senders.map((sender) => `signal (receive) peer="${sender}"`),
    `signal (send, receive) peer=${name}`,
    "ptrace (readby, tracedby)",
    `ptrace (read, trace) peer=${name}`,
    ...DENIED.map((rule) => `deny ${rule}`),
  ];
  return `profile ${name} flags=(attach_disconnected,mediate_deleted) {\n${rules.map((rule) => `  ${rule},\n`).join("")}}\n`;
}
