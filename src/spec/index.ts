export type {
  BlkioConfig,
  BlkioRate,
  Build,
  Bytes,
  Config,
  Deploy,
  Develop,
  DeviceMapping,
  DeviceRequest,
  Duration,
  EnvFile,
  FileMount,
  Healthcheck,
  Hook,
  IpamPool,
  Logging,
  Model,
  Mount,
  Network,
  Opaque,
  Port,
  Project,
  Provider,
  RolloutConfig,
  Secret,
  Service,
  ServiceDependency,
  ServiceModel,
  ServiceNetwork,
  Spans,
  Texts,
  Ulimit,
  Volume,
  WatchRule,
} from "./model.ts";
export type { Contribution, Explanation, ExplainResult, VariableOrigin } from "./explain.ts";
export type { LoadRequest, LoadResult, ReadResult, SpecHost, VariableUse } from "./host.ts";
export { formatDuration, formatFileMode, parseBytes, parseDuration, parseFileMode } from "./scalars.ts";
export { servicesInDependencyOrder } from "./select.ts";
export { loadProject } from "./load.ts";
export { renderConfig } from "./render-config.ts";
export { writeYaml } from "./write-yaml.ts";
