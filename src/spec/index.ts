export type {
  BlkioRate,
  Bytes,
  Deploy,
  DeviceRequest,
  Duration,
  Healthcheck,
  Hook,
  IpamPool,
  Mount,
  Network,
  Opaque,
  Project,
  Service,
  ServiceDependency,
  ServiceNetwork,
  Volume,
} from "./model.ts";
export type { Contribution, Explanation, ExplainResult, VariableOrigin } from "./explain.ts";
export type { LoadRequest, LoadResult, ReadResult, SpecHost, VariableUse } from "./host.ts";
export { formatDuration, formatFileMode, parseBytes, parseDuration, parseFileMode } from "./scalars.ts";
export { servicesInDependencyOrder } from "./select.ts";
export { loadProject } from "./load.ts";
export { renderConfig } from "./render-config.ts";
export { writeYaml } from "./write-yaml.ts";
