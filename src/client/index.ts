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
export { ensureBundledEngine } from "./bundled-engine.ts";
export { bundledEndpoint, bundledLocation, bundledLog } from "./bundled-location.ts";
export type { BundledLocation } from "./bundled-location.ts";
export { connectEngine } from "./connect.ts";
export type { EngineRequest, FoundEngine } from "./connect.ts";
export { formatEndpoint } from "./endpoint.ts";
export { getEngineJson, pingEngine, postToEngine } from "./engine-request.ts";
export type { ImageClient, ImageListItem } from "./image-client.ts";
