export { EngineClientError } from "./engine-client.ts";
export type {
  ApiObject,
  ContainerDetails,
  ContainerEvent,
  ContainerListItem,
  EngineClient,
  EngineVersion,
  ExecRequest,
  ExecSession,
  ImageDetails,
  LogRequest,
  NetworkItem,
  OutputChunk,
  VolumeItem,
} from "./engine-client.ts";
export { bundledEndpoint, bundledLocation, bundledLog, ensureBundledEngine } from "./bundled-engine.ts";
export type { BundledLocation } from "./bundled-engine.ts";
export { connectEngine } from "./connect.ts";
export type { EngineRequest, FoundEngine } from "./connect.ts";
export { formatEndpoint } from "./endpoint.ts";
export { getEngineJson, pingEngine, postToEngine } from "./engine-request.ts";
export type { ImageClient, ImageListItem } from "./image-client.ts";
