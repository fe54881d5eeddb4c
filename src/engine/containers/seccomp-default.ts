// What containers may call when nobody says otherwise: the same as with Docker. Everything that the kernel offered when this was written,
// but for what reaches beyond the container or has no keeper there. Pure.
import type { Architecture } from "./seccomp-syscalls.ts";
import type { Condition, Rule } from "./seccomp-program.ts";
import { ALLOW, failWith } from "./seccomp-program.ts";

/** Never, whatever the capabilities: old, of the machine as a whole, or too often a way out. */
const NEVER = `
  _sysctl afs_syscall create_module get_kernel_syms getpmsg nfsservctl putpmsg query_module security sysfs tuxcall uselib ustat vserver
  add_key keyctl request_key
  io_uring_enter io_uring_register io_uring_setup
  kexec_file_load kexec_load swapoff swapon
  migrate_pages move_pages
  open_tree_attr pivot_root uprobe userfaultfd
  bdflush break ftime gtty idle lock mpx oldfstat oldlstat oldolduname oldstat olduname prof profil stty ulimit vm86 vm86old
`;

/** Only for who has one of the capabilities. */
const NEEDS: readonly (readonly [capabilities: string, calls: string])[] = [
  ["BPF SYS_ADMIN", "bpf"],
  ["DAC_READ_SEARCH", "open_by_handle_at"],
  ["PERFMON SYS_ADMIN", "perf_event_open"],
  [
    "SYS_ADMIN",
    "fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr",
  ],
  [
    "SYS_ADMIN",
    "move_mount open_tree quotactl quotactl_fd setdomainname sethostname setns umount umount2 unshare",
  ],
  ["SYSLOG SYS_ADMIN", "syslog"],
  ["SYS_BOOT", "reboot"],
  ["SYS_CHROOT", "chroot"],
  ["SYS_MODULE", "delete_module finit_module init_module"],
  ["SYS_NICE", "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"],
  ["SYS_PACCT", "acct"],
  ["SYS_PTRACE", "kcmp pidfd_getfd process_madvise"],
  ["SYS_RAWIO", "ioperm iopl"],
  ["SYS_TIME", "clock_settime clock_settime64 settimeofday stime"],
  ["SYS_TTY_CONFIG", "vhangup"],
];

/** Families of sockets: not those of other machines' hypervisors, of the kernel's ciphers, and of hardware that no container has. */
const SOCKET_FAMILIES: readonly (readonly [first: number, last: number])[] = [
  [0, 11],
  [13, 18],
  [21, 22],
  [24, 24],
  [26, 33],
  [35, 36],
  [39, 39],
  [41, 45],
];

/** Plain Linux, 32-bit Linux, both without randomised addresses turned off in any other way, and the question what it is. */
const PERSONALITIES = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];

/** The flags of `clone` that make namespaces. */
const NEW_NAMESPACES = 0x7e02_0000n;
const ENOSYS = 38;

/** The rules for a container with these capabilities (without `CAP_`), by number of the call. */
export function defaultRules(
  architecture: Architecture,
  capabilities: ReadonlySet<string>,
): Map<number, readonly Rule[]> {
  const rules = new Map<number, readonly Rule[]>();
  const { numbers } = architecture;
  for (const number of numbers.values()) rules.set(number, [{ conditions: [], verdict: ALLOW }]);
  const set = (name: string, value: readonly Rule[]): void => {
    const number = numbers.get(name);
    if (number !== undefined) rules.set(number, value);
  };
  for (const name of words(NEVER)) set(name, []);
  for (const [needed, calls] of NEEDS) {
    if (words(needed).some((capability) => capabilities.has(capability))) continue;
    for (const name of words(calls)) set(name, []);
  }
  set(
    "socket",
    SOCKET_FAMILIES.map(([first, last]) => allowed(between(first, last))),
  );
  set(
    "personality",
    PERSONALITIES.map((value) => allowed([{ argument: 0, comparison: "==", value: BigInt(value) }])),
  );
  // Of 32-bit programs. What family of socket is asked for lies in memory, too; since Linux 4.3 there is `socket` for them.
  set("socketcall", [{ conditions: [], verdict: failWith(ENOSYS) }]);
  if (!capabilities.has("SYS_ADMIN")) {
    set("clone", [allowed([{ argument: 0, comparison: "==", value: 0n, mask: NEW_NAMESPACES }])]);
    // Its flags lie in memory, where no filter sees them: a program that is told there is no such call falls back to `clone`.
    set("clone3", [{ conditions: [], verdict: failWith(ENOSYS) }]);
  }
  return rules;
}

function between(first: number, last: number): Condition[] {
  if (first === last) return [{ argument: 0, comparison: "==", value: BigInt(first) }];
  return [
    { argument: 0, comparison: ">=", value: BigInt(first) },
    { argument: 0, comparison: "<=", value: BigInt(last) },
  ];
}

function allowed(conditions: readonly Condition[]): Rule {
  return { conditions, verdict: ALLOW };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
