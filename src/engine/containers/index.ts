/** Containers and execs: what the API says of them and does with them. */
export { foundContainers } from "./containers.ts";
export { cgroupInfo } from "./cgroup-warnings.ts";
export type { ContainersService } from "./containers.ts";
export { hasSeccompFilter } from "./seccomp.ts";
export { confinesByDefault } from "./apparmor-profiles.ts";
export { readAppArmor } from "./apparmor.ts";
